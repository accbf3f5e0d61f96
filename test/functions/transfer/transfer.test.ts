import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { StreamEvent } from '../../../contract/event.ts';
import type { Stream } from '../../../contract/stream.ts';
import { ExportRecord } from '../../../contract/transfer.ts';
import type { Imported, RecordOf } from '../../../contract/transfer.ts';
import { removeMember } from '../../../functions/workspaces/update-member.ts';
import { aMember, aWorkspace, createTestApp } from '../../support/app.ts';
import type { TestApp } from '../../support/app.ts';
import { httpOf } from '../../support/http.ts';
import type { Request, Response } from '../../support/http.ts';
import { createTeam } from '../../support/team.ts';
import type { Team, Teammate } from '../../support/team.ts';
import { createMask } from '../../../cli/mask.ts';

let app: TestApp;
let http: (request: Request) => Promise<Response>;
let team: Team;
let source: { workspaceId: string; apiKey: string };
let people: Record<'ada' | 'bob' | 'cyd' | 'gus', Teammate>;

beforeAll(async () => {
  app = await createTestApp();
  http = httpOf(app);
  team = await createTeam(app);
  source = team;
  people = {
    ada: await team.join('ada', 'owner'),
    bob: await team.join('bob'),
    cyd: await team.join('cyd'),
    gus: await team.join('gus', 'guest'),
  };
  await tellStory(people);
});
afterAll(() => app.test.drop());

const tick = (): void => {
  app.time = new Date(app.time.getTime() + 1_000);
};

/** Fills a workspace with one of everything. */
async function tellStory({ ada, bob, cyd, gus }: typeof people): Promise<void> {
  const general = await ada.channel('General', { description: 'All of it' });
  tick();
  const plans = await ada.channel('Plans', { visibility: 'private' });
  tick();
  const dm = await bob.dm('cyd');
  await bob.call('POST', `/streams/${general.id}/join`);
  tick();
  const hello = await ada.say(general, 'hello @bob, see #plans \u202e ﷽ 👩‍👩‍👧');
  const typo = await bob.say(general, 'helo @here');
  await bob.call('PATCH', `/streams/${general.id}/events/${typo.id}`, { text: 'hello @here' });
  tick();
  await bob.call('PATCH', `/streams/${general.id}/events/${typo.id}`, { text: 'hello, everybody @cyd' });
  const regret = await bob.say(general, 'this goes away');
  tick();
  await bob.call('DELETE', `/streams/${general.id}/events/${regret.id}`);
  await cyd.call('POST', `/streams/${general.id}/events/${hello.id}/reactions`, { emoji: '👍' });
  await bob.call('POST', `/streams/${general.id}/events/${hello.id}/reactions`, { emoji: '👍' });
  await ada.call('PUT', `/streams/${general.id}/events/${hello.id}/pin`);
  tick();
  const poll = await ada.call('POST', `/streams/${general.id}/events`, { eventType: 'poll', question: 'When?', options: ['Now', 'Later'] });
  const [now] = (poll.body.poll as { options: { id: string }[] }).options;
  await bob.call('PUT', `/streams/${general.id}/events/${poll.body.id as string}/votes`, { optionIds: [now?.id] });
  await bob.call('POST', `/streams/${general.id}/events`, {
    eventType: 'acme.deploy_finished',
    payload: { ok: true, deep: [{ in: general.id }], n: 1.5 },
    text: 'deployed',
  });
  tick();
  const thread = await bob.thread(general, hello);
  tick();
  await cyd.say(thread, 'a reply');
  const cause = await bob.say(thread, 'the cause');
  tick();
  await bob.call('POST', `/streams/${thread.id}/promote`, { streamType: 'incident', name: 'Outage', severity: 'sev1' });
  await cyd.call('POST', `/streams/${general.id}/share`, { eventId: cause.id, context: 'look' });
  tick();
  const inside = await bob.thread(thread, cause);
  await bob.say(inside, 'deeper');
  await ada.say(plans, 'a secret');
  await cyd.say(dm, 'between us');
  await ada.call('POST', `/streams/${general.id}/members`, { userIds: ['gus'] });
  await gus.read(general, 3);
  tick();
  const old = await ada.channel('Old');
  await ada.call('DELETE', `/streams/${old.id}`);
  const file = { id: 'fil_01kb0000000000000000000000' };
  await app.test.owner.query(
    `insert into files (id, workspace_id, stream_id, name, media_type, size_bytes, width, height, uploaded_by, created_at, uploaded_at)
     values ($1, $2, $3, 'plan.png', 'image/png', 100, 10, 20, 'ada', now(), now())`,
    [file.id, source.workspaceId, general.id],
  );
  await ada.call('POST', `/streams/${general.id}/events`, { eventType: 'file', fileId: file.id, text: 'the plan' });
}

async function exported(from: { workspaceId: string; apiKey: string }, limit = 200): Promise<ExportRecord[]> {
  const records: ExportRecord[] = [];
  let cursor: string | null = null;
  do {
    const query: Record<string, string> = { limit: String(limit), ...(cursor !== null && { cursor }) };
    const { status, body } = await http({ path: `/v1/workspaces/${from.workspaceId}/export`, token: from.apiKey, query });
    expect(status).toBe(200);
    expect((body.items as unknown[]).length).toBeLessThanOrEqual(limit);
    records.push(...(body.items as unknown[]).map((item) => ExportRecord.parse(item)));
    cursor = body.nextCursor as string | null;
  } while (cursor !== null);
  return records;
}

const sendTo = (to: { workspaceId: string; apiKey: string }, records: readonly unknown[]): Promise<Response> =>
  http({ method: 'POST', path: `/v1/workspaces/${to.workspaceId}/import`, token: to.apiKey, json: { records } });

async function importInto(to: { workspaceId: string; apiKey: string }, records: readonly unknown[], size = 1_000): Promise<Imported> {
  const sum: Imported = { records: 0, added: { members: 0, streams: 0, events: 0 }, finished: false };
  for (let i = 0; i < records.length; i += size) {
    const { status, body } = await sendTo(to, records.slice(i, i + size));
    if (status !== 200) throw new Error(JSON.stringify(body));
    const { added, finished } = body as unknown as Imported;
    sum.records += records.slice(i, i + size).length;
    for (const kind of ['members', 'streams', 'events'] as const) sum.added[kind] += added[kind];
    sum.finished = finished;
  }
  return sum;
}

const ofKind = <Kind extends ExportRecord['kind']>(records: readonly ExportRecord[], kind: Kind) =>
  records.filter((record): record is Extract<ExportRecord, { kind: Kind }> => record.kind === kind);

/** Lines without the values that an import changes, as their header names them. */
function comparable(records: readonly ExportRecord[]): unknown[] {
  const [header] = ofKind(records, 'header');
  if (!header) throw new Error('The file has no header');
  return records.map(createMask(header));
}

/** Expects a refused import; returns its code, and the fields of the faulty lines. */
async function refused(to: { workspaceId: string; apiKey: string }, records: readonly unknown[]): Promise<[string, string[]]> {
  const { status, body } = await sendTo(to, records);
  expect(status).toBeGreaterThanOrEqual(400);
  return [body.code as string, ((body.errors ?? []) as { path: string }[]).map(({ path }) => path)];
}

describe('an export', () => {
  test('holds everything, private streams too, with nothing of what was deleted', async () => {
    const records = await exported(source);
    expect(records[0]?.kind).toBe('header');
    expect(records.at(-1)).toEqual({ kind: 'end', records: records.length - 1 });
    expect(ofKind(records, 'stream').map(({ name, streamType }) => name ?? streamType)).toEqual([
      'General',
      'Plans',
      'dm',
      'Outage',
      'thread',
      'Old',
    ]);
    expect(JSON.stringify(records)).not.toContain('this goes away');
    expect(JSON.stringify(records)).toContain('a secret');
    expect(ofKind(records, 'version').map(({ text }) => text)).toEqual(['helo @here', 'hello @here']);
    expect(ofKind(records, 'reactions').flatMap(({ reactions }) => reactions.map(({ userId }) => userId))).toEqual(['bob', 'cyd']);
    expect(ofKind(records, 'votes')).toHaveLength(1);
    expect(ofKind(records, 'event').filter(({ deletedAt }) => deletedAt !== null)).toHaveLength(1);
    expect(ofKind(records, 'stream_end')).toHaveLength(6);
  });

  test.each([1, 2, 3, 7, 1_000])('is the same in pages of %s lines', async (limit) => {
    expect(await exported(source, limit)).toEqual(await exported(source));
  });

  test('is for API keys of the workspace', async () => {
    const path = `/v1/workspaces/${source.workspaceId}/export`;
    const other = await aWorkspace(app);
    expect((await http({ path, token: other.apiKey })).status).toBe(404);
    expect((await http({ path })).status).toBe(401);
    const { body } = await http({ path: '/v1/tokens', method: 'POST', token: source.apiKey, json: { userId: 'ada' } });
    expect((await http({ path, token: body.token as string })).status).toBe(401);
    expect((await http({ path, token: source.apiKey, query: { cursor: 'x' } })).body.code).toBe('invalid_cursor');
    const forged = Buffer.from(JSON.stringify({ section: 99, after: [], until: 0, records: 0 })).toString('base64url');
    expect((await http({ path, token: source.apiKey, query: { cursor: forged } })).body.code).toBe('invalid_cursor');
  });

  test('asks a bounded number of statements for a page', async () => {
    const before = app.db.statements;
    await http({ path: `/v1/workspaces/${source.workspaceId}/export`, token: source.apiKey, query: { limit: '1000' } });
    // The key; begin; workspace, providers, members, streams, events, their parts, shared ones, their parts, members of streams, ends.
    expect(app.db.statements - before).toBeLessThanOrEqual(13);
  });
});

describe('an import', () => {
  test.each([1, 5, 1_000])('in requests of %s lines, exported again, is the same file', async (size) => {
    const records = await exported(source);
    const target = await aWorkspace(app);
    const result = await importInto(target, records, size);
    expect(result).toMatchObject({ added: { members: 4, streams: 6 }, finished: true });
    const again = await exported(target);
    expect(comparable(again)).toEqual(comparable(records));
    expect(again.filter((record, i) => JSON.stringify(record) === JSON.stringify(records[i])).every(({ kind }) => kind !== 'event')).toBe(
      true,
    );
  });

  test('shows nothing to anybody before its end, and then to each what they saw', async () => {
    const records = await exported(source);
    const target = await aWorkspace(app);
    const see = async (userId: string) => {
      const { body } = await http({ method: 'POST', path: '/v1/tokens', token: target.apiKey, json: { userId } });
      const found = await http({ path: `/v1/workspaces/${target.workspaceId}/bootstrap`, token: body.token as string });
      const { streams } = found.body as { streams: { items: Stream[] } };
      return streams.items.map(({ name, streamType, unreadCount, mentionCount, isMember }) =>
        [name ?? streamType, isMember, unreadCount, mentionCount].join(' '),
      );
    };
    await importInto(
      target,
      records.slice(
        0,
        records.findIndex(({ kind }) => kind === 'stream_end'),
      ),
    );
    for (const id of ['ada', 'bob', 'cyd', 'gus']) expect(await see(id)).toEqual([]);
    await importInto(target, records);
    for (const [id, who] of Object.entries(people)) {
      const before = (await who.bootstrap()).streams.items.map(({ name, streamType, unreadCount, mentionCount, isMember }) =>
        [name ?? streamType, isMember, unreadCount, mentionCount].join(' '),
      );
      expect(await see(id)).toEqual(before);
    }
  });

  test('of lines that came before has no second effect, also when people have moved on since', async () => {
    const records = await exported(source);
    const target = await aWorkspace(app);
    await importInto(target, records, 7);
    const { body } = await http({ method: 'POST', path: '/v1/tokens', token: target.apiKey, json: { userId: 'ada' } });
    const token = body.token as string;
    const streams = `/v1/workspaces/${target.workspaceId}/streams`;
    const { items } = (await http({ path: streams, token })).body as unknown as { items: Stream[] };
    const general = items.find(({ name }) => name === 'General');
    await http({ method: 'POST', path: `${streams}/${general?.id}/events`, token, json: { text: 'goes on' } });
    const [hello] = ((await http({ path: `${streams}/${general?.id}/events`, token })).body as unknown as { items: StreamEvent[] }).items;
    await http({ method: 'DELETE', path: `${streams}/${general?.id}/events/${hello?.id}`, token });
    const before = comparable(await exported(target));
    const nothing = { members: 0, streams: 0, events: 0 };
    expect((await importInto(target, records)).added).toEqual(nothing);
    expect((await importInto(target, records.slice(3, 9))).added).toEqual(nothing);
    expect(comparable(await exported(target))).toEqual(before);
  });

  test('that broke off goes on where it was, and may send what came already', async () => {
    const records = await exported(source);
    const target = await aWorkspace(app);
    await importInto(target, records.slice(0, 17));
    await importInto(target, records.slice(9, 23));
    const { finished } = await importInto(target, records, 4);
    expect(finished).toBe(true);
    expect(comparable(await exported(target))).toEqual(comparable(records));
  });

  test('changes no member who is there, and notes each one that it adds', async () => {
    const to = await aWorkspace(app);
    await aMember(app, to.workspaceId, 'ada', 'owner');
    await aMember(app, to.workspaceId, 'bob', 'guest');
    await removeMember(app, { kind: 'apiKey', workspaceId: to.workspaceId, keyId: 'test', scopes: ['members'] }, { userId: 'bob' });
    const records = (await exported(source)).map((record) =>
      record.kind === 'member' ? { ...record, role: record.userId === 'ada' ? 'guest' : 'admin' } : record,
    );
    await importInto(to, records);
    await importInto(to, records);
    const { rows } = await app.test.owner.query(
      `select user_id, role, removed_at is null as here from workspace_members where workspace_id = $1 and user_id in ('ada', 'bob') order by 1`,
      [to.workspaceId],
    );
    expect(rows).toEqual([
      { user_id: 'ada', role: 'owner', here: true },
      { user_id: 'bob', role: 'guest', here: false },
    ]);
    const added = await app.test.owner.query(
      `select subject_id from audit_log where workspace_id = $1 and action = 'member.added' order by subject_id`,
      [to.workspaceId],
    );
    const others = ofKind(await exported(source), 'member').flatMap(({ userId }) => (['ada', 'bob'].includes(userId) ? [] : [userId]));
    expect(added.rows.map(({ subject_id: id }) => id as string)).toEqual(others.toSorted());
  });

  test.each([1, 1_000])('numbers a slug that two public streams have, and no other, in requests of %s lines', async (size) => {
    const records = await exported(source);
    const [general, plans, , outage, , old] = ofKind(records, 'stream');
    // Plans is private and the outage inherits its readers: both keep the slug of the public channel.
    const alike = [plans, outage, old].map((stream) => stream?.id);
    const target = await aWorkspace(app);
    await importInto(
      target,
      records.map((record) => (record.kind === 'stream' && alike.includes(record.id) ? { ...record, slug: 'general' } : record)),
      size,
    );
    const { rows } = await app.test.owner.query<{ name: string; slug: string }>(
      'select name, slug from streams where workspace_id = $1 and slug is not null',
      [target.workspaceId],
    );
    expect(general?.slug).toBe('general');
    expect(Object.fromEntries(rows.map(({ name, slug }) => [name, slug]))).toEqual({
      General: 'general',
      Plans: 'general',
      Outage: 'general',
      Old: 'general-2',
    });
  });

  test('goes into a workspace without streams, once', async () => {
    const records = await exported(source);
    expect(await refused(source, records)).toEqual(['not_empty', []]);
    const target = await aWorkspace(app);
    expect(await refused(target, records.slice(1))).toEqual(['invalid_input', ['body.records.0.kind']]);
    await importInto(target, records.slice(0, 3));
    const [header, ...others] = records;
    const later = { ...header, exportedAt: new Date(app.time.getTime() + 60_000).toISOString() };
    expect(await refused(target, [later, ...others])).toEqual(['not_empty', []]);
    expect(await refused(target, [{ ...header, workspaceId: target.workspaceId }, ...others])).toEqual(['not_empty', []]);
    expect((await importInto(target, records)).finished).toBe(true);
  });

  test('is for API keys of the workspace, and reaches nothing of another', async () => {
    const records = await exported(source);
    const [target, other] = [await aWorkspace(app), await aWorkspace(app)];
    const path = `/v1/workspaces/${target.workspaceId}/import`;
    expect((await http({ method: 'POST', path, token: other.apiKey, json: { records } })).status).toBe(404);
    const { body } = await http({ method: 'POST', path: '/v1/tokens', token: target.apiKey, json: { userId: 'ada', role: 'owner' } });
    expect((await http({ method: 'POST', path, token: body.token as string, json: { records } })).status).toBe(401);
    const sum = async () =>
      (
        await app.test.owner.query(`select md5(string_agg(e::text, ',' order by e.id)) from stream_events e where workspace_id = $1`, [
          source.workspaceId,
        ])
      ).rows[0] as unknown;
    const before = await sum();
    await importInto(target, records);
    expect(await sum()).toEqual(before);
    // Ids of the file do not exist in the new workspace.
    const [stream] = ofKind(records, 'stream');
    const known = await app.test.owner.query('select from streams where workspace_id = $1 and id = $2', [target.workspaceId, stream?.id]);
    expect(known.rowCount).toBe(0);
  });

  test('asks a bounded number of statements, however many lines a request has', async () => {
    const records = await exported(source);
    const target = await aWorkspace(app);
    const before = app.db.statements;
    expect((await sendTo(target, records)).status).toBe(200);
    expect(app.db.statements - before).toBeLessThanOrEqual(35);
  });
});

describe('an import says which field of which line is wrong', () => {
  const at = (records: readonly ExportRecord[], kind: ExportRecord['kind'], nth = 0) =>
    records.indexOf(records.filter((record) => record.kind === kind)[nth] as ExportRecord);
  const changed = (records: readonly ExportRecord[], index: number, change: object) =>
    records.map((record, i) => (i === index ? { ...record, ...change } : record));
  const evt = 'evt_01kb0000000000000000000000';
  const str = 'str_01kb0000000000000000000000';

  test.each<[ExportRecord['kind'], object, string]>([
    ['header', { format: 'another' }, 'format'],
    ['header', { version: 2 }, 'version'],
    ['member', { userId: 'a b' }, 'userId'],
    ['member', { email: 'nobody' }, 'email'],
    ['stream', { createdBy: 'nobody' }, 'createdBy'],
    ['stream', { recentActorIds: ['nobody'] }, 'recentActorIds.0'],
    ['stream', { name: 'x'.repeat(10_000) }, 'name'],
    ['stream', { createdAt: '0000-01-01T00:00:00Z' }, 'createdAt'],
    ['stream', { archivedAt: '2026-01-01T00:00:00Z' }, 'archivedAt'],
    ['stream', { dmMemberIds: ['ada'] }, 'dmMemberIds'],
    ['stream', { streamType: 'thread2' }, 'streamType'],
    ['event', { actorId: 'nobody' }, 'actorId'],
    ['event', { streamId: str }, 'streamId'],
    ['event', { providerId: 'prv_01kb0000000000000000000000' }, 'providerId'],
    ['event', { mentionedIds: ['nobody'] }, 'mentionedIds.0'],
    ['event', { payload: { text: '\0' } }, 'payload'],
    ['event', { changedSeq: 0 }, 'changedSeq'],
    ['event', { eventType: 'no type' }, 'eventType'],
    ['event', { unknown: 1 }, 'unknown'],
    ['version', { eventId: evt }, 'eventId'],
    ['version', { editedBy: 'nobody' }, 'editedBy'],
    ['reactions', { eventId: evt }, 'eventId'],
    ['reactions', { reactions: [{ emoji: 'no', userId: 'ada', at: '2026-01-01T00:00:00Z' }] }, 'reactions.0.emoji'],
    ['votes', { votes: [{ optionId: 'none', userId: 'ada', at: '2026-01-01T00:00:00Z' }] }, 'votes.0.optionId'],
    ['stream_member', { streamId: str }, 'streamId'],
    ['stream_member', { userId: 'nobody' }, 'userId'],
    ['stream_end', { streamId: str }, 'streamId'],
    ['stream_end', { parentStreamId: str, branchedFromEventId: evt }, 'parentStreamId'],
    ['stream_end', { visibility: 'inherit' }, 'visibility'],
    ['stream_end', { events: 0 }, 'events'],
    ['stream_end', { messages: 999 }, 'messages'],
  ])('%s with %j: %s', async (kind, change, field) => {
    const records = await exported(source);
    const target = await aWorkspace(app);
    const index = at(records, kind);
    const [code, paths] = await refused(target, changed(records, index, change));
    expect(code).toBe('invalid_input');
    expect(paths).toContain(`body.records.${index}.${field}`);
    // All or nothing: the corrected file can still be imported.
    expect((await importInto(target, records)).finished).toBe(true);
  });

  test('a share of something that is not there, a position that is taken, an event short, an end too early', async () => {
    const records = await exported(source);
    const target = await aWorkspace(app);
    const shared = records.findIndex((record) => record.kind === 'event' && record.sharedRef !== null);
    expect(await refused(target, changed(records, shared, { sharedRef: { originalEventId: evt, context: null } }))).toEqual([
      'invalid_input',
      [`body.records.${shared}.sharedRef.originalEventId`],
    ]);
    const [first, second] = [at(records, 'event'), at(records, 'event', 1)];
    const { seq } = records[first] as unknown as { seq: number };
    expect((await refused(target, changed(records, second, { seq })))[1]).toContain(`body.records.${second}.seq`);
    const lost = records.filter((record) => !(record.kind === 'event' && record.content?.text === 'between us'));
    const end = at(lost, 'stream_end', 2);
    expect((await refused(target, lost))[1]).toEqual([`body.records.${end}.events`, `body.records.${end}.messages`]);
    const open = records.filter(({ kind }) => kind !== 'stream_end');
    expect((await refused(target, open))[1]).toEqual([`body.records.${open.length - 1}.kind`]);
  });

  test('a branch of an event that has one, or that is in another stream; a thread or a DM that is open to all', async () => {
    const records = await exported(source);
    const target = await aWorkspace(app);
    const ends = ofKind(records, 'stream_end');
    const branch = ends.findIndex(({ parentStreamId }) => parentStreamId !== null);
    const { parentStreamId, branchedFromEventId } = ends[branch] as RecordOf<'stream_end'>;
    const plans = at(records, 'stream_end', 1);
    const twice = at(records, 'stream_end', 5);
    expect((await refused(target, changed(records, twice, { parentStreamId, branchedFromEventId })))[1]).toEqual([
      `body.records.${twice}.branchedFromEventId`,
    ]);
    const elsewhere = { parentStreamId: ends[2]?.streamId, branchedFromEventId };
    expect((await refused(target, changed(records, plans, elsewhere)))[1]).toEqual([`body.records.${plans}.branchedFromEventId`]);
    const dm = at(records, 'stream_end', 2);
    expect((await refused(target, changed(records, dm, { visibility: 'public' })))[1]).toEqual([`body.records.${dm}.visibility`]);
  });

  test('nothing that is no record, and not too many of them', async () => {
    const target = await aWorkspace(app);
    expect(await refused(target, [{ kind: 'nothing' }])).toEqual(['invalid_input', ['body.records.0.kind']]);
    expect(await refused(target, [1])).toEqual(['invalid_input', ['body.records.0']]);
    expect(await refused(target, [])).toEqual(['invalid_input', ['body.records']]);
    const line = { kind: 'end', records: 1 };
    expect(
      await refused(
        target,
        Array.from({ length: 1_001 }, () => line),
      ),
    ).toEqual(['invalid_input', ['body.records']]);
    expect((await refused(target, [{ ...line, padding: 'x'.repeat(300_000) }]))[0]).toBe('too_large');
  });
});

describe('a file of much', () => {
  test('an event with 1,200 reactions and 250 versions comes in several lines, and back', async () => {
    const crowd = await createTeam(app);
    const ada = await crowd.join('ada', 'owner');
    const channel = await ada.channel('Crowd');
    const event = await ada.say(channel, 'well?');
    await ada.say(channel, 'behind it');
    const values = [crowd.workspaceId, event.id];
    await app.test.owner.query(
      `with u as (insert into users (workspace_id, id, name, created_at, updated_at)
         select $1, 'u' || n, 'U', '2026-11-20', '2026-11-20' from generate_series(1, 1200) n returning id),
       m as (insert into workspace_members (workspace_id, user_id, role, joined_at) select $1, id, 'member', '2026-11-20' from u)
       insert into reactions (workspace_id, event_id, emoji, user_id, created_at) select $1, $2, '👍', id, '2026-11-20' from u`,
      values,
    );
    await app.test.owner.query(
      `insert into event_versions (workspace_id, event_id, changed_seq, content, valid_from, edited_by)
       select $1, $2, 100 + n, repeat(n || ' ', 2000), '2026-11-20', 'ada' from generate_series(1, 250) n`,
      values,
    );
    const from = crowd;
    const records = await exported(from, 1_000);
    expect(ofKind(records, 'reactions').map(({ reactions }) => reactions.length)).toEqual([500, 500, 200]);
    expect(ofKind(records, 'version')).toHaveLength(250);
    expect(await exported(from, 9)).toEqual(records);
    const target = await aWorkspace(app);
    await importInto(target, records, 20);
    expect(comparable(await exported(target))).toEqual(comparable(records));
  });

  test('what is written while it is read is not in it, and does not hinder its import', async () => {
    const busy = await createTeam(app);
    const from = busy;
    const [ada, bob] = [await busy.join('ada', 'owner'), await busy.join('bob')];
    const channel = await ada.channel('Busy');
    const events = [await ada.say(channel, 'one'), await ada.say(channel, 'two'), await ada.say(channel, 'three')];
    const records: ExportRecord[] = [];
    let cursor: string | null = null;
    for (let n = 0; n === 0 || cursor !== null; n++) {
      const query: Record<string, string> = { limit: '1', ...(cursor !== null && { cursor }) };
      const { body } = await http({ path: `/v1/workspaces/${from.workspaceId}/export`, token: from.apiKey, query });
      records.push(...(body.items as ExportRecord[]));
      cursor = body.nextCursor as string | null;
      tick();
      const late = await bob.say(channel, `late ${n}`);
      await bob.call('POST', `/streams/${channel.id}/share`, { eventId: late.id });
      if (n === 6) await ada.call('DELETE', `/streams/${channel.id}/events/${events[0]?.id}`);
      if (n === 4) {
        const newcomer = await busy.join('new');
        await newcomer.call('POST', `/streams/${channel.id}/join`);
        await newcomer.call('POST', `/streams/${channel.id}/events/${events[1]?.id}/reactions`, { emoji: '👍' });
        await newcomer.call('PUT', `/streams/${channel.id}/events/${events[2]?.id}/pin`);
        await ada.call('PATCH', `/streams/${channel.id}/events/${events[2]?.id}`, { text: 'three for @new' });
      }
      if (n === 7) await bob.channel(`Late ${n}`);
    }
    expect(ofKind(records, 'stream')).toHaveLength(1);
    const target = await aWorkspace(app);
    expect(await importInto(target, records)).toMatchObject({ finished: true });
    const kept = await exported(target);
    expect(ofKind(kept, 'stream_end')).toMatchObject([{ messages: 3 }]);
    const { rows } = await app.test.owner.query(
      'select message_count, deleted_count, last_seq >= (select max(changed_seq) from stream_events e where e.stream_id = s.id) as behind from streams s where workspace_id = $1',
      [target.workspaceId],
    );
    expect(rows).toEqual([{ message_count: 3, deleted_count: expect.any(Number), behind: true }]);
  });
});
