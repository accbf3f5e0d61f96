import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { AuditEntry } from '../../../contract/audit.ts';
import type { PersonRecord } from '../../../contract/retention.ts';
import { PersonRecord as schema } from '../../../contract/retention.ts';
import type { StreamEvent } from '../../../contract/event.ts';
import { createTestApp } from '../../support/app.ts';
import type { TestApp } from '../../support/app.ts';
import { createTeam } from '../../support/team.ts';
import type { Team, Teammate } from '../../support/team.ts';

let app: TestApp;
let team: Team;
let ada: Teammate;
let bob: Teammate;
let eve: Teammate;

beforeAll(async () => {
  app = await createTestApp();
  team = await createTeam(app);
  ada = await team.join('ada', 'owner');
  bob = await team.join('bob');
  eve = await team.join('eve', 'admin');
});
afterAll(() => app.test.drop());

const pages = async (limit: string): Promise<PersonRecord[]> => {
  const records: PersonRecord[] = [];
  for (let cursor: string | null | undefined; cursor !== null;) {
    const { body } = await ada.call('GET', '/members/bob/export', undefined, { limit, ...(cursor !== undefined && { cursor }) });
    records.push(...(body['items'] as PersonRecord[]));
    cursor = body['nextCursor'] as string | null;
  }
  return records;
};
const audit = async (query: Record<string, string> = {}) =>
  (await ada.call('GET', '/audit', undefined, { limit: '200', ...query })).body['items'] as AuditEntry[];

test('the export of a person holds what they wrote, with its history, and nothing of others', async () => {
  const open = await ada.channel('Open');
  const secret = await bob.channel('Secret', { visibility: 'private' });
  const theirs = await ada.say(open, 'of ada');
  const said = await bob.say(open, 'first');
  await bob.call('PATCH', `/streams/${open.id}/events/${said.id}`, { text: 'second' });
  await bob.say(secret, 'in private');
  const gone = await bob.say(open, 'deleted');
  await bob.call('DELETE', `/streams/${open.id}/events/${gone.id}`);
  await bob.call('POST', `/streams/${open.id}/events/${theirs.id}/reactions`, { emoji: '👍' });
  const poll = (await ada.call('POST', `/streams/${open.id}/events`, { eventType: 'poll', question: 'Tea?', options: ['yes', 'no'] }))
    .body as unknown as StreamEvent;
  await bob.call('PUT', `/streams/${open.id}/events/${poll.id}/votes`, { optionIds: ['opt_1'] });
  const file = { name: 'a.txt', mediaType: 'text/plain', sizeBytes: 1 };
  await bob.call('POST', `/streams/${open.id}/files`, file);
  const records = await pages('200');
  for (const record of records) schema.parse(record);
  const of = (kind: PersonRecord['kind']) => records.filter((record) => record.kind === kind);
  expect(of('profile')).toMatchObject([{ userId: 'bob', name: 'BOB', role: 'member' }]);
  expect(of('membership')).toMatchObject([{ streamId: secret.id, streamName: 'Secret', role: 'owner' }]);
  const texts = of('message').map((record) => (record.kind === 'message' ? [record.text, record.versions] : []));
  expect(texts).toEqual(
    expect.arrayContaining([
      ['second', ['first']],
      ['in private', []],
      ['', []],
    ]),
  );
  expect(of('reaction')).toMatchObject([{ eventId: theirs.id, emoji: '👍' }]);
  expect(of('vote')).toMatchObject([{ pollId: poll.id, optionId: 'opt_1' }]);
  expect(of('file')).toMatchObject([{ name: 'a.txt', sizeBytes: 1 }]);
  expect(JSON.stringify(records)).not.toContain('of ada');
  // Pages of any size give the same lines.
  for (const limit of ['1', '2', '3']) expect(await pages(limit)).toEqual(records);
});

test('the export is for owners and API keys, and each one is audited once', async () => {
  for (const who of [bob, eve]) expect(await who.refused('GET', '/members/bob/export')).toBe('forbidden');
  expect(await ada.refused('GET', '/members/nobody/export')).toBe('not_found');
  const before = (await audit({ action: 'member.exported' })).length;
  await pages('1');
  const entries = await audit({ action: 'member.exported' });
  expect(entries.length).toBe(before + 1);
  expect(entries[0]).toMatchObject({ actor: 'ada', subject: { kind: 'member', id: 'bob' } });
});

test('the audit log is read by owners and API keys only, newest first, page by page', async () => {
  for (const who of [bob, eve]) expect(await who.refused('GET', '/audit')).toBe('forbidden');
  await ada.call('PATCH', '/members/eve', { role: 'member' });
  const all = await audit();
  expect(all.map(({ action }) => action)).toContain('member.role_changed');
  expect(all.map(({ id }) => id)).toEqual(
    all
      .map(({ id }) => id)
      .toSorted()
      .toReversed(),
  );
  const paged: AuditEntry[] = [];
  for (let cursor: string | null | undefined; cursor !== null;) {
    const { body } = await ada.call('GET', '/audit', undefined, { limit: '2', ...(cursor !== undefined && { cursor }) });
    paged.push(...(body['items'] as AuditEntry[]));
    cursor = body['nextCursor'] as string | null;
  }
  expect(paged).toEqual(all);
  expect(await audit({ action: 'member.role_changed' })).toMatchObject([{ details: { from: 'admin', to: 'member' } }]);
});

test('the functions cannot change or delete an entry of the audit log', async () => {
  for (const text of ['update audit_log set actor = $1', 'delete from audit_log where actor = $1'])
    await expect(app.db.transaction({ workspaceId: team.workspaceId }, (tx) => tx.query(text, ['ada']))).rejects.toThrow(
      'permission denied',
    );
});
