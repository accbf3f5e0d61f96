import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { api } from '../../../contract/api.ts';
import { maxRooms, room } from '../../../contract/frames.ts';
import type { ClientFrame, ClientFrameInput } from '../../../contract/frames.ts';
import { newId, UserId } from '../../../contract/ids.ts';
import type { Route } from '../../../contract/route.ts';
import { maxTextBytes } from '../../../contract/text.ts';
import { socketHandler } from '../../../functions/platform/ws-handler.ts';
import type { Connections } from '../../../functions/realtime/connections.ts';
import { frameTable } from '../../../functions/realtime/frames.ts';
import { createTestApp } from '../../support/app.ts';
import type { TestApp } from '../../support/app.ts';
import { createTestConnections } from '../../support/connections.ts';
import { furnish } from '../../support/furnished.ts';
import type { Furnished } from '../../support/furnished.ts';
import { httpOf } from '../../support/http.ts';
import { metered } from '../../support/metered.ts';
import type { Work } from '../../support/metered.ts';
import { undone } from '../../support/undone.ts';
import { requestOf } from './cases.ts';
import { examplesIn, openRoutes } from './examples.ts';
import type { RouteName } from './examples.ts';

/** Size of the workspace: members of it and of one channel, messages of 16 KB in each of several channels. */
const crowd = 300;
const channels = maxRooms;
const messages = 210;

/**
 * Kind of work that a call may do, whatever its input. `one`: a few rows. `page`: a page of at most 200 items. `crowd`: something for each
 * reader of a stream, or each of many invited users.
 */
type Kind = 'one' | 'page' | 'person' | 'crowd';
const allowances: Record<Kind, Work> = {
  one: { statements: 20, rows: 110, bytesRead: 20_000, messages: 52, bytesSent: 60_000 },
  page: { statements: 7, rows: 230, bytesRead: 200 * (maxTextBytes + 2_000), messages: 2, bytesSent: 1_000 },
  // Each section of what is held of a person is a statement.
  person: { statements: 12, rows: 230, bytesRead: 200 * (maxTextBytes + 2_000), messages: 2, bytesSent: 1_000 },
  crowd: { statements: 130, rows: 2 * crowd, bytesRead: 200_000, messages: crowd, bytesSent: 250_000 },
};
/** Work for each byte of input, on top of the allowance. Mentions and names in a text are looked up, and a text is sent on. */
const factors: Work = { statements: 0, rows: 0.01, bytesRead: 3, messages: 0.01, bytesSent: 3 };

type ClosedRoute = Exclude<RouteName, (typeof openRoutes)[number]>;
/** The kind of each route; the type fails for a new route without one. */
const kinds: Record<ClosedRoute, Kind> = {
  'auth.createToken': 'one',
  'realtime.createTicket': 'one',
  'workspaces.readWorkspace': 'one',
  'workspaces.createProvider': 'one',
  'workspaces.listProviders': 'page',
  'workspaces.listMembers': 'page',
  'workspaces.updateMember': 'one',
  'workspaces.removeMember': 'one',
  'workspaces.signOutMember': 'one',
  'workspaces.listKeys': 'page',
  'workspaces.createKey': 'one',
  'workspaces.rotateKey': 'one',
  'workspaces.revokeKey': 'one',
  'notifications.listNotifications': 'page',
  'notifications.markNotificationsRead': 'page',
  'streams.bootstrap': 'page',
  'streams.createStream': 'one',
  'streams.listStreams': 'page',
  'streams.readStream': 'one',
  'streams.updateStream': 'crowd',
  'streams.archiveStream': 'crowd',
  'streams.promoteStream': 'crowd',
  'streams.listOwnerlessStreams': 'page',
  'streams.recoverStream': 'one',
  'streams.joinStream': 'one',
  'streams.leaveStream': 'one',
  'streams.listStreamMembers': 'page',
  'streams.inviteMembers': 'crowd',
  'streams.updateStreamMember': 'one',
  'streams.removeStreamMember': 'one',
  'streams.markRead': 'one',
  'streams.markUnread': 'one',
  'streams.listEvents': 'page',
  'streams.postEvent': 'one',
  'streams.readEvent': 'one',
  'streams.editEvent': 'one',
  'streams.deleteEvent': 'one',
  'streams.listVersions': 'page',
  'streams.createThread': 'one',
  'streams.shareEvent': 'one',
  'streams.addReaction': 'one',
  'streams.removeReaction': 'one',
  'streams.castVotes': 'one',
  'streams.pinEvent': 'one',
  'streams.unpinEvent': 'one',
  'streams.listPins': 'page',
  'streams.searchEvents': 'page',
  'epochs.listEpochs': 'page',
  'epochs.readEpoch': 'page',
  'epochs.updateEpoch': 'one',
  'epochs.mergeEpoch': 'one',
  'epochs.splitEpoch': 'one',
  'epochs.setBarrier': 'one',
  'epochs.readMemorySettings': 'one',
  'epochs.updateMemorySettings': 'one',
  'epochs.listRelated': 'page',
  'epochs.listEpochRelated': 'page',
  'epochs.rejectLink': 'one',
  'epochs.restoreLink': 'one',
  'epochs.searchMemory': 'page',
  'epochs.readMemory': 'one',
  'epochs.reindexMemory': 'one',
  'streams.purgeVersions': 'one',
  'retention.eraseMember': 'one',
  'retention.listErasures': 'page',
  'retention.readErasure': 'one',
  'retention.readRetention': 'one',
  'retention.setRetention': 'one',
  'retention.readStreamRetention': 'one',
  'retention.setStreamRetention': 'one',
  'retention.exportMember': 'person',
  'workspaces.listAudit': 'page',
  'files.createFile': 'one',
  'files.completeFile': 'one',
  'files.readFile': 'one',
  'transfer.exportWorkspace': 'page',
  'transfer.importRecords': 'one',
  'kit.readWsAuth': 'one',
  'kit.readConnectionId': 'one',
  'kit.tellEditingState': 'one',
  'kit.readKitConfig': 'one',
  'kit.readDraft': 'one',
  'kit.saveDraft': 'one',
  'kit.postDraft': 'one',
  'kit.deleteDraft': 'one',
  'kit.listDrafts': 'page',
  'kit.listPresence': 'page',
  'kit.registerSubscription': 'one',
  'kit.listSubscriptions': 'page',
  'kit.deleteSubscription': 'one',
  'notifications.readNotificationSettings': 'one',
  'notifications.putNotificationSettings': 'one',
  'notifications.readNotificationDefaults': 'one',
  'notifications.putNotificationDefaults': 'one',
  'kit.listKitMessages': 'page',
  'kit.listKitMembers': 'page',
};

const manyNames = Array.from({ length: 2_300 }, (_, i) => `@u${String(i).padStart(4, '0')}`).join(' ');
const mentions = `${Array.from({ length: 49 }, (_, i) => `@c${i}`).join(' ')} @here ${'x'.repeat(8_000)}`;
/** Bodies that ask for the most; the examples' own are tried too. */
const hostile = (w: Furnished): Partial<Record<ClosedRoute, object[]>> => ({
  'streams.postEvent': [{ text: manyNames }, { text: mentions }, { text: 'x'.repeat(maxTextBytes) }],
  'streams.editEvent': [{ text: manyNames }, { text: mentions }],
  'streams.inviteMembers': [{ userIds: Array.from({ length: 100 }, (_, i) => `c${i}`), role: 'member' }],
  'streams.createStream': [{ streamType: 'dm', memberIds: Array.from({ length: 8 }, (_, i) => `c${i}`) }],
  'notifications.markNotificationsRead': [{ upTo: newId('notification') }],
  'streams.updateStream': [{ name: 'Everybody', visibility: 'private' }],
  'streams.shareEvent': [{ eventId: w.events.message.id, context: 'x'.repeat(2_000) }],
});
/** Queries that ask for the most: the longest page, without a filter that narrows it. */
const widest: Partial<Record<ClosedRoute, Record<string, string>>> = {
  'streams.listEvents': { limit: '200' },
  'streams.listStreams': { limit: '200', status: 'any', sort: 'activity' },
  'streams.listStreamMembers': { limit: '200' },
  'workspaces.listMembers': { limit: '200' },
  'streams.searchEvents': { q: 'word', limit: '50' },
  'notifications.listNotifications': { limit: '100' },
  'epochs.readEpoch': { limit: '200' },
};

let app: TestApp & { connections: Connections };
let registry: Awaited<ReturnType<typeof createTestConnections>>;
let own: Furnished;
let examples: ReturnType<typeof examplesIn>;
let rooms: string[];

beforeAll(async () => {
  const testApp = await createTestApp();
  registry = await createTestConnections(testApp.clock);
  app = Object.assign(testApp, { connections: registry.connections });
  own = await furnish(app, 'amberfox');
  examples = examplesIn(own);
  rooms = await enlarge();
}, 120_000);
afterAll(async () => {
  await registry.stop();
  await app.test.drop();
});

/** Adds a crowd to the workspace and its streams, and long logs. Returns the rooms of the channels. */
async function enlarge(): Promise<string[]> {
  const sql = (text: string, values: unknown[]) => app.test.owner.query(text, values);
  const { workspaceId, streams } = own;
  const people = [workspaceId, crowd];
  await sql(
    `insert into users (workspace_id, id, name, created_at, updated_at) select $1, 'c' || n, 'C', now(), now() from generate_series(0, $2::int - 1) n`,
    people,
  );
  await sql(
    `insert into workspace_members (workspace_id, user_id, role, joined_at) select $1, 'c' || n, 'member', now() from generate_series(0, $2::int - 1) n`,
    people,
  );
  await sql(
    `insert into stream_members (stream_id, user_id, workspace_id, joined_at) select $3, 'c' || n, $1, now() from generate_series(100, $2::int - 1) n`,
    [...people, streams.general.id],
  );
  const ids: string[] = [streams.general.id];
  while (ids.length < channels) {
    const { body } = await own.call('ada', 'POST', '/streams', { streamType: 'channel', name: `Long ${ids.length}` });
    ids.push(body.id as string);
  }
  const id = `'evt_' || substr(md5(s.id || n), 1, 26)`;
  await sql(
    `insert into text_messages (id, workspace_id, content) select ${id}, s.workspace_id, 'word ' || repeat(md5(n::text), 512 - 1)
     from streams s, generate_series(1, $2::int) n where s.id = any($1)`,
    [ids, messages],
  );
  await sql(
    `insert into stream_events (id, workspace_id, stream_id, seq, changed_seq, ordinal, event_type, actor_id, client_event_id, content_type,
       content_id, created_at)
     select ${id}, s.workspace_id, s.id, s.last_seq + n, s.last_seq + n, s.message_count + n, 'message', 'ada', 'x' || n, 'text_message', ${id},
       now() from streams s, generate_series(1, $2::int) n where s.id = any($1)`,
    [ids, messages],
  );
  await sql('update streams set last_seq = last_seq + $2, message_count = message_count + $2 where id = any($1)', [ids, messages]);
  return ids.map((streamId) => room.stream(workspaceId, streamId));
}

function expectWithin(what: string, kind: Kind, bytes: number, work: Work): void {
  const over = Object.entries(work).flatMap(([name, amount]) => {
    const key = name as keyof Work;
    const most = allowances[kind][key] + factors[key] * bytes;
    return amount > most ? [`${name}: ${amount} of ${Math.round(most)}`] : [];
  });
  expect({ what, bytes, over }).toEqual({ what, bytes, over: [] });
}

const routes = Object.entries(api).flatMap(([group, rows]) =>
  Object.entries(rows).map(([name, route]) => ({ name: `${group}.${name}` as ClosedRoute, route: route as Route })),
);
const closed = routes.filter(({ name }) => !(openRoutes as readonly string[]).includes(name));

test('every route has a kind of work', () => {
  expect(Object.keys(kinds).toSorted()).toEqual(closed.map(({ name }) => name).toSorted());
});

describe('the work of a route is bounded by its input', () => {
  test.each(closed)('$name', async ({ name, route }) => {
    const meter = metered({ ...app, db: undone(app.db) });
    const http = httpOf(meter.app);
    const row = { name, route, example: examples[name] };
    const bodies: (object | undefined)[] = [...(examples[name].bodies ?? [undefined]), ...(hostile(own)[name] ?? [])];
    for (const json of bodies) {
      for (const query of [undefined, widest[name]].filter((one, index) => index === 0 || one !== undefined)) {
        const request = requestOf(row, own, { ...(json && { json }), ...(query && { query }) });
        meter.take();
        const { status, body } = await http(request);
        const work = meter.take();
        const isFine = examples[name].elsewhere ? status < 500 : status < 300;
        expect({ isFine, body: isFine ? undefined : body }).toEqual({ isFine: true, body: undefined });
        expectWithin(name, kinds[name], JSON.stringify(request).length, work);
        expectWithin(`${name}: answer`, 'page', 0, {
          statements: 0,
          rows: 0,
          messages: 0,
          bytesSent: 0,
          bytesRead: JSON.stringify(body).length,
        });
      }
    }
  });
});

describe('the work of a frame is bounded by its input', () => {
  /** The largest work of one frame: reads of a replay are bounded over all rooms. */
  const replay: Work = { statements: 8, rows: 2_100, bytesRead: 1_500_000, messages: maxRooms + 10, bytesSent: 1_500_000 };
  const least: Work = { ...allowances.one, bytesSent: 100_000 };
  const behind = () => rooms.map((name) => ({ room: name, seq: messages - 20 }));
  const streamId = () => own.streams.general.id as never;
  const frames: { readonly [Op in ClientFrame['op']]: { most: Work; d: () => unknown } } = {
    hello: { most: replay, d: () => ({ v: 1, resume: { rooms: behind() } }) },
    sub: { most: replay, d: () => ({ rooms: behind() }) },
    unsub: { most: least, d: () => ({ rooms }) },
    send: { most: least, d: () => ({ stream: streamId(), clientEventId: 'frame-1', text: mentions }) },
    signal: { most: least, d: () => ({ room: rooms[0], type: 'typing', data: { a: 'x'.repeat(900) } }) },
    barrier: { most: least, d: () => ({ stream: streamId(), label: 'x'.repeat(80) }) },
    present: { most: least, d: () => ({ device: 'x'.repeat(64), state: 'active' }) },
    ping: { most: least, d: () => ({ pos: behind() }) },
  };

  test.each(Object.keys(frames) as ClientFrame['op'][])('%s', async (op) => {
    const meter = metered(app);
    const connectionId = `${crypto.randomUUID()}=`;
    const ada = { connectionId, workspaceId: own.workspaceId as never, userId: UserId.parse('ada') };
    await app.connections.add(ada);
    const handler = socketHandler({
      admit: async () => undefined,
      connect: async () => ({}),
      disconnect: async () => undefined,
      frames: frameTable(meter.app),
    });
    const frame = { op, id: 1, d: frames[op].d() } as ClientFrameInput;
    const requestContext = {
      routeKey: '$default',
      connectionId,
      requestId: 'r',
      authorizer: { workspaceId: own.workspaceId, userId: 'ada' },
    };
    const { body } = await handler({ requestContext, body: JSON.stringify(frame) } as never, { awsRequestId: 'r' } as never);
    const answer = JSON.parse(body ?? '') as { op: string; d: { code?: string } };
    expect(['internal', 'unavailable', 'invalid_input']).not.toContain(answer.d.code);
    const work = meter.take();
    for (const key of Object.keys(work) as (keyof Work)[]) {
      expect({ op, key, isBounded: work[key] <= frames[op].most[key], amount: work[key] }).toEqual({
        op,
        key,
        isBounded: true,
        amount: work[key],
      });
    }
    expect((body ?? '').length).toBeLessThan(32_768);
  });
});
