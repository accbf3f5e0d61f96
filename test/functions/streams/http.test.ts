import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { Problem } from '../../../contract/errors.ts';
import type { StreamEvent } from '../../../contract/event.ts';
import type { Stream } from '../../../contract/stream.ts';
import { maxTextBytes, utf8Bytes } from '../../../contract/text.ts';
import type { Request } from '../../support/http.ts';
import { createService } from '../../support/tenants.ts';
import type { Service, Tenant } from '../../support/tenants.ts';

let service: Service;
let one: Tenant;

beforeAll(async () => {
  service = await createService();
  one = await service.aTenant();
});
afterAll(() => service.app.test.drop());

describe('an invalid body', () => {
  const cases: [string, Partial<Request>, string, string?][] = [
    ['malformed JSON', { raw: '{"text": ' }, 'malformed_json'],
    ['no JSON at all', { raw: '' }, 'malformed_json'],
    ['not UTF-8', { raw: Buffer.from([0x22, 0xff, 0x22]).toString('base64'), base64: true }, 'malformed_json'],
    ['not an object', { json: ['text'] }, 'invalid_input', 'body'],
    ['null', { raw: 'null' }, 'invalid_input', 'body'],
    ['a wrong type', { json: { text: 7 } }, 'invalid_input', 'body.text'],
    ['a missing field', { json: {} }, 'invalid_input', 'body.text'],
    ['an unknown field', { json: { text: 'x', colour: 'red' } }, 'invalid_input', 'body.colour'],
    ['an unknown event type', { json: { text: 'x', eventType: 'song' } }, 'invalid_input', 'body.eventType'],
    ['an empty text', { json: { text: '' } }, 'invalid_input', 'body.text'],
    ['a blank text', { json: { text: ' \n\t\u2003' } }, 'invalid_input', 'body.text'],
    ['a text over 16 KB', { json: { text: 'é'.repeat(maxTextBytes / 2 + 1) } }, 'invalid_input', 'body.text'],
    ['a NUL', { json: { text: 'a\0b' } }, 'invalid_input', 'body.text'],
    ['half a surrogate pair', { raw: '{"text":"a\\ud800b"}' }, 'invalid_input', 'body.text'],
    ['a client event id with a space', { json: { text: 'x', clientEventId: 'a b' } }, 'invalid_input', 'body.clientEventId'],
    [
      '51 mentions',
      { json: { text: 'x', mentions: Array.from({ length: 51 }, () => ({ type: 'user', id: 'bob' })) } },
      'invalid_input',
      'body.mentions',
    ],
    ['a broken idempotency key', { json: { text: 'x' }, headers: { 'idempotency-key': 'ü' } }, 'invalid_input', 'header.idempotency-key'],
    ['another media type', { raw: 'text=x', headers: { 'content-type': 'application/x-www-form-urlencoded' } }, 'unsupported_media_type'],
    ['a body over 256 KB', { json: { text: 'x'.repeat(270_000) } }, 'too_large'],
  ];
  test.each(cases.map(([name, request, code, path]) => ({ name, request, code, path })))('$name', async ({ request, code, path }) => {
    await service.expectProblem({ method: 'POST', path: one.paths.events, token: one.token, ...request }, code, path);
  });
});

describe('an invalid query', () => {
  test.each<[Record<string, string>, string, string]>([
    [{ limit: '-1' }, 'invalid_input', 'query.limit'],
    [{ limit: '0' }, 'invalid_input', 'query.limit'],
    [{ limit: '10000' }, 'invalid_input', 'query.limit'],
    [{ limit: 'many' }, 'invalid_input', 'query.limit'],
    [{ limit: '1.5' }, 'invalid_input', 'query.limit'],
    [{ limit: '' }, 'invalid_input', 'query.limit'],
    [{ limit: '0x10' }, 'invalid_input', 'query.limit'],
    [{ after: '1e2' }, 'invalid_input', 'query.after'],
    [{ after: '' }, 'invalid_input', 'query.after'],
    [{ after: '-3' }, 'invalid_input', 'query.after'],
    [{ after: '99999999999999999999' }, 'invalid_input', 'query.after'],
    [{ after: '1', before: '2' }, 'invalid_input', 'query'],
    [{ sort: 'asc' }, 'invalid_input', 'query.sort'],
  ])('events?%j', async (query, code, path) => {
    await service.expectProblem({ path: one.paths.events, token: one.token, query }, code, path);
  });
  test.each(['nonsense', '%%%', Buffer.from('{"name":1}').toString('base64url'), 'x'.repeat(600)])('a broken cursor %s', async (cursor) => {
    for (const path of [one.paths.streams, one.paths.providers])
      await service.expectProblem({ path, token: one.token, query: { cursor } }, 'invalid_cursor', 'query.cursor');
  });
});

describe('texts are returned unchanged, or refused with a reason', () => {
  const post = (text: string) => service.http({ method: 'POST', path: one.paths.events, token: one.token, json: { text } });
  const roundTrip = async (text: string): Promise<'same' | 'refused'> => {
    const response = await post(text);
    if (response.status === 400) {
      expect(Problem.parse(response.body).errors?.[0]?.path).toBe('body.text');
      return 'refused';
    }
    expect(response.status).toBe(201);
    expect((response.body as unknown as StreamEvent).content?.text).toBe(text);
    const { body } = await service.http({ path: one.paths.events, token: one.token, query: { limit: '1' } });
    expect((body.items as StreamEvent[])[0]?.content?.text).toBe(text);
    return 'same';
  };

  test('any storable text', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 60 }), async (text) => {
        const refusable = text.includes('\0') || text.trim() === '' || !text.isWellFormed();
        expect(await roundTrip(text)).toBe(refusable ? 'refused' : 'same');
      }),
      { numRuns: 150 },
    );
  });

  test('the largest text, right-to-left marks, joined emoji', async () => {
    for (const text of [
      'é'.repeat(maxTextBytes / 2),
      '\u202Eevil\u202C \u200Fשלום',
      '👩‍👩‍👧‍👦 🏳️‍🌈',
      '\u0001\u0002\u001b[31m',
      `'; drop table streams; --`,
    ])
      expect(await roundTrip(text)).toBe('same');
    expect(utf8Bytes('é'.repeat(maxTextBytes / 2))).toBe(maxTextBytes);
  });

  const naughtyFile = new URL('../../../../shared/data/adversarial/blns.json', import.meta.url);
  (existsSync(naughtyFile) ? test : test.skip)('515 naughty strings', async () => {
    const strings = JSON.parse(readFileSync(naughtyFile, 'utf8')) as string[];
    expect(strings).toHaveLength(515);
    const outcomes = { same: 0, refused: 0 };
    for (const text of strings) outcomes[await roundTrip(text)]++;
    expect(outcomes.same).toBeGreaterThan(500);
  });
});

describe('streams', () => {
  test('streams are paged by name, filtered, searched', async () => {
    const tenant = await service.aTenant();
    const create = (json: object) =>
      service.http({ method: 'POST', path: tenant.paths.streams, token: tenant.token, json: { streamType: 'channel', ...json } });
    for (const name of ['zebra', 'Apple', 'éclair', '日本語', 'apple pie', '100%']) expect((await create({ name })).status).toBe(201);
    const names: string[] = [];
    let cursor: string | undefined;
    do {
      const { body, headers } = await service.http({
        path: tenant.paths.streams,
        token: tenant.token,
        query: { limit: '2', ...(cursor && { cursor }) },
      });
      names.push(...(body.items as Stream[]).map(({ name }) => name ?? ''));
      cursor = body.nextCursor as string | undefined;
      expect(headers.link).toBe(cursor ? `<${tenant.paths.streams}?limit=2&cursor=${cursor}>; rel="next"` : undefined);
    } while (cursor);
    expect(names).toEqual(['100%', 'Apple', 'apple pie', 'General', 'zebra', 'éclair', '日本語']);
    const search = async (q: string) =>
      ((await service.http({ path: tenant.paths.streams, token: tenant.token, query: { q } })).body.items as Stream[]).map(
        ({ name }) => name,
      );
    expect(await search('PPLE')).toEqual(['Apple', 'apple pie']);
    expect(await search('%')).toEqual(['100%']);
    expect(await search('_')).toEqual([]);
    expect((await service.http({ path: tenant.paths.streams, token: tenant.token, query: { type: 'dm' } })).body.items).toEqual([]);
  });

  test('a slug is derived from the name, and is unique', async () => {
    const create = (json: object, headers?: Record<string, string>) =>
      service.http({ method: 'POST', path: one.paths.streams, token: one.token, json: { streamType: 'channel', ...json }, headers });
    expect((await create({ name: 'Größe & Maß  ' })).body).toMatchObject({ slug: 'größe-maß', name: 'Größe & Maß', isMember: true });
    await service.expectProblem(
      { method: 'POST', path: one.paths.streams, token: one.token, json: { streamType: 'channel', name: 'größe maß' } },
      'conflict',
      'body.name',
    );
    expect((await create({ name: '🎉' })).body).toMatchObject({ slug: null, name: '🎉' });
    const first = await create({ name: 'Once' }, { 'idempotency-key': '"k-1"' });
    const second = await create({ name: 'Once' }, { 'idempotency-key': 'k-1' });
    expect([first.status, second.status]).toEqual([201, 200]);
    expect(second.body).toEqual(first.body);
    for (const [json, path] of [
      [{ name: '' }, 'body.name'],
      [{ name: 'x'.repeat(81) }, 'body.name'],
      [{ name: 'x', slug: 'No Slug' }, 'body.slug'],
      [{ name: 'x', visibility: 'inherit' }, 'body.visibility'],
      [{ name: 'x', streamType: 'castle' }, 'body.streamType'],
    ] as const) {
      await service.expectProblem(
        { method: 'POST', path: one.paths.streams, token: one.token, json: { streamType: 'channel', ...json } },
        'invalid_input',
        path,
      );
    }
  });
});
