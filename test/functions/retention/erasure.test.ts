import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Epoch } from '../../../contract/epoch.ts';
import type { StreamEvent } from '../../../contract/event.ts';
import type { FileUpload } from '../../../contract/file.ts';
import { room } from '../../../contract/frames.ts';
import type { Erasure } from '../../../contract/retention.ts';
import type { Stream } from '../../../contract/stream.ts';
import { createTestApp, testVapidKeys } from '../../support/app.ts';
import { httpOf } from '../../support/http.ts';
import type { TestApp } from '../../support/app.ts';
import { createDrafts } from '../../../functions/realtime/drafts/draft-store.ts';
import { createPresenceLeases } from '../../../functions/realtime/presence/presence-store.ts';
import { createTestConnections } from '../../support/connections.ts';
import { createMemoryWorker } from '../../support/memory-worker.ts';
import type { MemoryWorker } from '../../support/memory-worker.ts';
import { createRetentionWorker } from '../../support/retention-worker.ts';
import type { RetentionWorker } from '../../support/retention-worker.ts';
import { createTeam } from '../../support/team.ts';
import type { Team, Teammate } from '../../support/team.ts';
import { findTraces } from '../../support/traces.ts';

let app: TestApp;
let registry: Awaited<ReturnType<typeof createTestConnections>>;
let memory: MemoryWorker;
let retention: RetentionWorker;
let team: Team;
let ada: Teammate;
let bob: Teammate;
let zed: Teammate;
let open: Stream;

/** The person that is erased. A product may choose an address as the id. */
const person = { id: 'zed.kvotrb@acme.example', name: 'Zedkvot Brnzperson', email: 'zedmailkvot@mail.example' };
const traits = Object.values(person);
const said = {
  message: 'plumbrxq',
  before: 'wxyzbrq',
  question: 'pollwrdz',
  file: 'filnmzq',
  content: 'cntntzkq',
  secret: 'scrtbrmq',
  dm: 'dmwrdqz',
  draft: 'drftwrzq',
  device: 'dvcwrqz',
};
const texts = Object.values(said);
const places = () => ({
  workspaceId: team.workspaceId,
  folder: retention.folder,
  tables: [memory.table, { client: registry.client, name: 'connections' }],
});

beforeAll(async () => {
  const testApp = await createTestApp();
  testApp.time = new Date();
  registry = await createTestConnections(testApp.clock);
  app = Object.assign(testApp, { subscriptions: registry.subscriptions });
  memory = await createMemoryWorker(app);
  retention = await createRetentionWorker(app, memory);
});
afterAll(async () => {
  await retention.stop();
  await memory.stop();
  await registry.stop();
  await app.test.drop();
});

async function begin(): Promise<void> {
  app.time = new Date();
  team = await createTeam(app, retention.objects);
  ada = await team.join('ada', 'owner');
  bob = await team.join('bob');
  zed = await team.join(person.id, 'admin');
  await app.test.owner.query('update users set name = $3, email = $4 where workspace_id = $1 and id = $2', [
    team.workspaceId,
    person.id,
    person.name,
    person.email,
  ]);
  open = await ada.channel('Open');
  for (const who of [bob, zed]) await who.call('POST', `/streams/${open.id}/join`);
}
beforeEach(begin);

async function aFile(who: Teammate, name: string, content: string): Promise<string> {
  const announced = { name: `${name}.txt`, mediaType: 'text/plain', sizeBytes: content.length };
  const { file, upload } = (await who.call('POST', `/streams/${open.id}/files`, announced)).body as unknown as FileUpload;
  expect((await fetch(upload.url, { method: upload.method, headers: upload.headers, body: content })).status).toBe(200);
  await who.call('POST', `/files/${file.id}/complete`);
  return file.id;
}

/** Has the person do everything that leaves something behind, and others name them. */
async function live(): Promise<{ mention: StreamEvent; message: StreamEvent }> {
  const url = (stream: { id: string }, event: { id: string }) => `/streams/${stream.id}/events/${event.id}`;
  const message = await zed.say(open, `About ${said.before}, @bob`);
  await zed.call('PATCH', url(open, message), { text: `About ${said.message}, @bob` });
  const poll = (
    await zed.call('POST', `/streams/${open.id}/events`, { eventType: 'poll', question: `${said.question}?`, options: ['yes', 'no'] })
  ).body as unknown as StreamEvent;
  for (const who of [zed, bob]) await who.call('PUT', `${url(open, poll)}/votes`, { optionIds: [poll.poll?.options[0]?.id] });
  const fileId = await aFile(zed, said.file, said.content);
  await zed.call('POST', `/streams/${open.id}/events`, { eventType: 'file', fileId });
  await aFile(zed, `${said.file}-unposted`, said.content);
  const mention = await ada.say(open, `Ask @${person.id}. \`@${person.id}\``);
  await ada.call('PATCH', url(open, mention), { text: `Ask @${person.id}, please` });
  await zed.call('POST', `${url(open, mention)}/reactions`, { emoji: '👍' });
  await zed.call('PUT', `${url(open, mention)}/pin`);
  const secret = await zed.channel('Secret', { visibility: 'private' });
  await zed.call('POST', `/streams/${secret.id}/members`, { userIds: ['ada'] });
  await zed.say(secret, said.secret);
  const dm = await zed.dm('bob');
  await zed.say(dm, said.dm);
  const thread = await zed.thread(open, mention);
  await zed.say(thread, 'A reply');
  await zed.call('POST', `/streams/${thread.id}/promote`, { streamType: 'channel', name: 'Promoted' });
  await ada.call('POST', `/streams/${secret.id}/events`, { eventType: 'acme.assigned', payload: { to: person.id } });
  await ada.call('PATCH', `/members/${person.id}`, { role: 'member' });
  await zed.call('POST', `/streams/${open.id}/barrier`, {});
  await ada.say(open, 'The weather is fine');
  await memory.remember(open);
  await memory.remember(secret);
  const epochs = ((await zed.call('GET', `/streams/${open.id}/epochs`)).body as { items: Epoch[] }).items;
  await app.test.owner.query(
    `insert into epoch_links (epoch_id, target_kind, target_id, workspace_id, score, linked_at, rejected_by, rejected_at)
     values ($1, 'epoch', 'x', $2, 0.5, now(), $3, now())`,
    [epochs[0]?.id, team.workspaceId, person.id],
  );
  await app.test.owner.query(
    `insert into epoch_corrections (id, workspace_id, stream_id, seq, kind, corrected_by, corrected_at) values ($1, $2, $3, 1, 'merge', $4, now())`,
    [`cor_${crypto.randomUUID()}`, team.workspaceId, open.id, person.id],
  );
  await app.test.owner.query(
    `insert into audit_log (id, workspace_id, at, action, actor, subject_kind, subject_id, details)
     values ($1, $2, now(), 'key.created', $3, 'key', 'key_x', $4)`,
    [`aud_${crypto.randomUUID()}`, team.workspaceId, person.id, JSON.stringify({ by: person.id })],
  );
  const json = {
    endpoint: `https://fcm.googleapis.com/${said.device}`,
    keys: { p256dh: testVapidKeys[0]?.publicKey, auth: 'A'.repeat(22) },
  };
  await httpOf(app)({ method: 'POST', path: '/api/register-subscriptions', token: zed.token, json });
  await zed.call('PUT', '/notifications/settings', { level: 'all', quietHours: null, incidents: true, email: true });
  await app.test.owner.query('insert into notified_members (stream_id, user_id, workspace_id, seq) values ($1, $2, $3, 1)', [
    open.id,
    person.id,
    team.workspaceId,
  ]);
  await app.test.owner.query('update api_keys set created_by = $2 where workspace_id = $1', [team.workspaceId, person.id]);
  await app.test.owner.query('update streams set metadata = $2 where id = $1', [secret.id, JSON.stringify({ lead: person.id })]);
  return { mention, message };
}

async function connect(): Promise<void> {
  const connection = { connectionId: 'c1', workspaceId: team.workspaceId, userId: person.id };
  await createPresenceLeases(registry.client, 'connections', app.clock).renew({ ...connection, deviceId: 'phone' }, 'active');
  await createDrafts(registry.client, 'connections', app.clock).save(
    { ...connection, streamId: open.id },
    { text: said.draft, mentions: [], replyTo: null, fileIds: [] },
    undefined,
  );
  await registry.connections.add(connection);
  await registry.connections.subscribe(connection, [room.stream(team.workspaceId, open.id), room.user(team.workspaceId, person.id)], 10, 0);
}

function deliver(): void {
  app.sent.length = 0;
  app.later.length = 0;
}

/** The worker of the queue closes the sockets; every other worker finishes. */
async function settle(): Promise<void> {
  deliver();
  await registry.connections.remove('c1');
  for (let round = 0; round < 5; round++) {
    await retention.settle();
    await memory.settle();
    deliver();
  }
}

const erase = async (messages: Erasure['messages']) =>
  (await ada.call('POST', `/members/${person.id}/erasure`, { messages })).body as unknown as Erasure;
const report = async ({ id }: Erasure) => (await ada.call('GET', `/erasures/${id}`)).body as unknown as Erasure;

describe('The erasure of a person', () => {
  test.each(['delete', 'keep-anonymous'] as const)('%s: nothing of the person is found anywhere', async (messages) => {
    await live();
    await connect();
    const before = (await findTraces(app, [...traits, ...texts], places())).join('\n');
    for (const word of [...traits, ...texts]) expect(before).toContain(word);
    for (const place of ['item of connections', 'object', 'point', 'queue sent']) expect(before).toContain(place);
    const started = await erase(messages);
    expect(started).toMatchObject({ status: 'running', messages });
    await settle();
    expect(await findTraces(app, [...traits, ...(messages === 'delete' ? texts : [])], places())).toEqual([]);
    const ended = await report(started);
    expect(ended).toMatchObject({ status: 'done', done: ended.total, finishedAt: expect.any(String), detail: null });
    expect(ended.report).toMatchObject({ memberships: expect.any(Number), texts: 1, files: 2, auditEntries: expect.any(Number) });
    if (messages === 'delete') expect(ended.report).toMatchObject({ deletedMessages: 6, deletedFiles: 1, votes: 1, reactions: 1 });
  });

  test('keeps what others said, and their mentions name nobody', async () => {
    const { mention, message } = await live();
    await erase('delete');
    await settle();
    const events = await bob.events(open);
    const kept = events.find(({ id }) => id === mention.id);
    const [named] = kept?.content?.mentions ?? [];
    expect(named).toMatchObject({ type: 'user', label: 'Deleted member' });
    expect(kept?.content?.text).toBe(`Ask @${named?.id}, please`);
    expect(kept?.reactions).toEqual([]);
    expect(events.find(({ id }) => id === message.id)).toMatchObject({
      seq: message.seq,
      content: null,
      actorId: named?.id,
      actorName: 'Deleted member',
    });
    expect(events.some(({ content }) => content?.text === 'The weather is fine')).toBe(true);
  });

  test('with messages kept, they stand where they were, by nobody', async () => {
    const { message } = await live();
    await erase('keep-anonymous');
    await settle();
    const kept = (await bob.events(open)).find(({ id }) => id === message.id);
    expect(kept).toMatchObject({ seq: message.seq, content: { text: `About ${said.message}, @bob` }, actorName: 'Deleted member' });
    const poll = (await bob.events(open)).find(({ poll: one }) => one !== null)?.poll;
    expect(poll?.voterCount).toBe(2);
  });

  test('takes the profile and all access away before it is answered', async () => {
    await live();
    await erase('delete');
    await expect(zed.call('GET', '/bootstrap')).rejects.toThrow('answered');
    const members = await bob.call('GET', '/members');
    expect(JSON.stringify(members.body)).not.toMatch(new RegExp(traits.join('|')));
  });

  test('has clients read the logs again that named the person, and no other', async () => {
    await live();
    const quiet = await ada.channel('Quiet');
    await ada.say(quiet, 'Nothing of anybody');
    const gens = async () => [(await ada.stream(open)).gen, (await ada.stream(quiet)).gen];
    const [openGen, quietGen] = await gens();
    await erase('keep-anonymous');
    await settle();
    expect(await gens()).toEqual([expect.not.stringMatching(`^${openGen}$`), quietGen]);
  });

  test('counts no badge for what was deleted', async () => {
    await bob.read(open);
    await live();
    expect((await bob.stream(open)).mentionCount).toBe(1);
    await erase('delete');
    await settle();
    const { unreadCount, mentionCount } = await bob.stream(open);
    // Two messages of others are left.
    expect({ unreadCount, mentionCount }).toEqual({ unreadCount: 2, mentionCount: 0 });
  });

  test('is started by owners and API keys, once, and never for the last owner', async () => {
    const { refused } = await team.join('eve', 'admin');
    for (const who of [bob.refused, refused])
      expect(await who('POST', `/members/${person.id}/erasure`, { messages: 'delete' })).toBe('forbidden');
    expect(await refused('GET', '/erasures')).toBe('forbidden');
    expect(await ada.refused('POST', '/members/ada/erasure', { messages: 'delete' })).toBe('last_owner');
    expect(await ada.refused('POST', '/members/nobody/erasure', { messages: 'delete' })).toBe('not_found');
    const first = await ada.call('POST', `/members/${person.id}/erasure`, { messages: 'delete' });
    const again = await ada.call('POST', `/members/${person.id}/erasure`, { messages: 'delete' });
    expect([first.status, again.status]).toEqual([202, 200]);
    expect(again.body['id']).toBe(first.body['id']);
    expect((await ada.call('GET', '/erasures')).body).toMatchObject({ items: [{ id: first.body['id'] }], nextCursor: null });
    await settle();
    expect(await ada.refused('POST', `/members/${person.id}/erasure`, { messages: 'delete' })).toBe('not_found');
  });

  test('erases a former member too, and leaves another workspace alone', async () => {
    await live();
    const other = await createTeam(app, retention.objects);
    const stranger = await other.join(person.id, 'owner');
    const elsewhere = await stranger.channel('Elsewhere');
    await stranger.say(elsewhere, said.message);
    await ada.call('DELETE', `/members/${person.id}`);
    await erase('delete');
    await settle();
    expect(await findTraces(app, traits, places())).toEqual([]);
    expect(await stranger.events(elsewhere)).toMatchObject([{ actorId: person.id, content: { text: said.message } }]);
  });

  test('waits for connections that are still open, and says so', async () => {
    await connect();
    const started = await erase('delete');
    deliver();
    for (let turn = 0; turn < 3; turn++) await retention.work({ kind: 'job', workspaceId: team.workspaceId, jobId: started.id });
    expect(await report(started)).toMatchObject({ status: 'running', detail: expect.stringContaining('Connections') });
    app.retentionMessages.length = 0;
    await settle();
    await retention.work({ kind: 'job', workspaceId: team.workspaceId, jobId: started.id });
    expect(await report(started)).toMatchObject({ status: 'done' });
  });

  test('goes on after a crash at any step, with the same counts', async () => {
    await live();
    const started = await erase('delete');
    deliver();
    let deaths = 0;
    for (let step = 1; (await report(started)).status === 'running'; step++) {
      expect(step).toBeLessThan(400);
      app.retentionMessages.length = 0;
      retention.dieAt(1 + ((step * 7) % 60));
      await retention.work({ kind: 'job', workspaceId: team.workspaceId, jobId: started.id }).catch(() => deaths++);
      retention.dieAt(0);
      await retention.work({ kind: 'purge', workspaceId: team.workspaceId });
    }
    expect(deaths).toBeGreaterThan(5);
    await settle();
    expect(await findTraces(app, [...traits, ...texts], places())).toEqual([]);
    expect((await report(started)).report).toMatchObject({ deletedMessages: 6, deletedFiles: 1, votes: 1, reactions: 1, texts: 1 });
  }, 120_000);
});

/** Columns that may hold the id of a user. Each holds the person's before the erasure, and none afterwards. */
const withUsers = [
  'api_keys.created_by',
  'audit_log.actor',
  'audit_log.details',
  'audit_log.subject_id',
  'epoch_barriers.set_by',
  'epoch_corrections.corrected_by',
  'epoch_links.rejected_by',
  'epochs.state',
  'event_versions.content',
  'event_versions.edited_by',
  'event_versions.mentions',
  'files.uploaded_by',
  'jobs.input',
  'mentions.actor_id',
  'mentions.user_id',
  'notifications.actor_id',
  'notifications.user_id',
  'notification_settings.user_id',
  'notified_members.user_id',
  'push_subscriptions.user_id',
  'outbox.payload',
  'outbox.room',
  'poll_votes.user_id',
  'reactions.user_id',
  'stream_events.actor_id',
  'stream_events.payload',
  'stream_events.pinned_by',
  'stream_members.user_id',
  'streams.created_by',
  'streams.dm_member_ids',
  'streams.metadata',
  'streams.promoted_by',
  'streams.recent_actor_ids',
  'text_messages.content',
  'text_messages.mentions',
  'users.id',
  'workspace_members.user_id',
];
/** Columns that hold ids of other things, words of a closed set, keys of clients, or text that is purged with its message. */
const withoutUsers = [
  'api_keys.id', 'api_keys.name', 'api_keys.rotated_from', 'api_keys.scopes', 'audit_log.action', 'audit_log.id', 'audit_log.subject_kind',
  'epoch_barriers.label', 'epoch_barriers.stream_id', 'epoch_corrections.id', 'epoch_corrections.kind', 'epoch_corrections.stream_id',
  'epoch_cursors.settings', 'epoch_cursors.stream_id', 'epoch_links.epoch_id', 'epoch_links.target_id', 'epoch_links.target_kind',
  'epoch_vectors.epoch_id', 'epoch_vectors.model', 'epochs.barrier', 'epochs.id', 'epochs.label', 'epochs.label_source', 'epochs.snippet', 'epochs.status', 'epochs.stream_id', 'epochs.terms', 'event_versions.event_id', 'announced_pointers.stream_id',
  'files.event_id', 'files.id', 'files.media_type', 'files.name', 'files.stream_id', 'imports.source_workspace_id',
  'jobs.cursor', 'jobs.detail', 'jobs.id', 'jobs.kind', 'jobs.report', 'jobs.status', 'mentions.stream_id', 'notification_defaults.level', 'notification_settings.level', 'notification_settings.mail_key',
  'notification_settings.mailed_through', 'notification_settings.quiet_from', 'notification_settings.quiet_to', 'notification_settings.time_zone',
  'notified_members.stream_id', 'notified_streams.stream_id', 'push_subscriptions.auth', 'push_subscriptions.device', 'push_subscriptions.endpoint',
  'push_subscriptions.id', 'push_subscriptions.origin', 'push_subscriptions.p256dh', 'push_subscriptions.public_key', 'notifications.event_id',
  'notifications.id', 'notifications.kind', 'notifications.stream_id', 'outbox.id', 'outbox.topic', 'poll_votes.option_id', 'poll_votes.poll_id',
  'polls.id', 'polls.options', 'polls.question', 'providers.id', 'providers.kind', 'providers.name', 'purges.event_id', 'purges.kind',
  'purges.stream_id', 'purges.texts', 'reactions.emoji', 'reactions.event_id', 'share_refreshes.original_event_id', 'shared_refs.context', 'shared_refs.id',
  'shared_refs.original_event_id', 'shared_refs.original_stream_id', 'stream_events.client_event_id', 'stream_events.content_id',
  'stream_events.content_type', 'stream_events.event_type', 'stream_events.id', 'stream_events.provider_id', 'stream_events.stream_id',
  'stream_members.last_read_event_id', 'stream_members.notify_level', 'stream_members.role', 'stream_members.stream_id', 'streams.access_ids',
  'streams.branched_from_event_id', 'streams.description', 'streams.gen', 'streams.id', 'streams.idempotency_key', 'streams.name',
  'streams.parent_stream_id', 'streams.severity', 'streams.slug', 'streams.status', 'streams.stream_type', 'streams.visibility',
  'text_messages.formatting', 'text_messages.id', 'users.email', 'users.name', 'workspace_members.gen', 'workspace_members.role',
  'workspace_memory.model', 'workspace_memory.next_model', 'workspaces.gen', 'workspaces.id', 'workspaces.name',
]; // prettier-ignore

describe('The columns of the database', () => {
  const columnsWith = async (text: string): Promise<string[]> => {
    const found: string[] = [];
    for (const column of await textColumns()) {
      const [table, name] = column.split('.');
      const { rows } = await app.test.owner.query(
        `select 1 from ${table} x where x.${table === 'workspaces' ? 'id' : 'workspace_id'} = $1 and strpos(x.${name}::text, $2) > 0 limit 1`,
        [team.workspaceId, text],
      );
      if (rows.length > 0) found.push(column);
    }
    return found.toSorted();
  };
  async function textColumns(): Promise<string[]> {
    const { rows } = await app.test.owner.query<{ name: string }>(
      `select table_name || '.' || column_name as name from information_schema.columns
       where table_schema = 'public' and table_name <> 'schema_migrations' and column_name <> 'workspace_id' and data_type in ('text', 'jsonb', 'ARRAY')`,
    );
    return rows.map(({ name }) => name);
  }

  test('are all known to the erasure: a new one has to say if it can hold a user', async () => {
    expect((await textColumns()).toSorted()).toEqual([...withUsers, ...withoutUsers].toSorted());
  });

  test('each that can hold a user holds the erased person before, and none afterwards', async () => {
    await live();
    const started = await erase('keep-anonymous');
    expect(await columnsWith(person.id)).toEqual(withUsers.toSorted());
    await settle();
    expect(await report(started)).toMatchObject({ status: 'done' });
    expect(await columnsWith(person.id)).toEqual([]);
  });
});
