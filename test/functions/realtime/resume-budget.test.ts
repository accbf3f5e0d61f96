import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { maxReplayedBytes, maxReplayedChanges, maxReplay, room } from '../../../contract/frames.ts';
import { ClientEventId } from '../../../contract/ids.ts';
import type { Stream } from '../../../contract/stream.ts';
import { maxTextBytes } from '../../../contract/text.ts';
import type { UserCaller } from '../../../functions/platform/authenticate.ts';
import type { SocketCaller } from '../../../functions/platform/ws-handler.ts';
import type { Connections } from '../../../functions/realtime/connections.ts';
import { subscribe } from '../../../functions/realtime/subscribe.ts';
import { postEvent } from '../../../functions/streams/events/post-event.ts';
import { aChannel, aMember, aWorkspace, createTestApp } from '../../support/app.ts';
import type { TestApp } from '../../support/app.ts';
import { createTestConnections } from '../../support/connections.ts';

let app: TestApp & { connections: Connections };
let registry: Awaited<ReturnType<typeof createTestConnections>>;
let ada: UserCaller;
let socket: SocketCaller;

beforeAll(async () => {
  const testApp = await createTestApp();
  registry = await createTestConnections(testApp.clock);
  app = Object.assign(testApp, { connections: registry.connections });
  const { workspaceId } = await aWorkspace(app);
  ada = await aMember(app, workspaceId, 'ada');
});
afterAll(async () => {
  await registry.stop();
  await app.test.drop();
});
beforeEach(async () => {
  socket = { ...ada, connectionId: `${crypto.randomUUID()}=` };
  await app.connections.add(socket);
});

const roomOf = (stream: Stream) => room.stream(stream.workspaceId, stream.id);
async function aStreamWith(name: string, messages: number, text: string): Promise<Stream> {
  const stream = await aChannel(app, ada, name);
  const { event } = await postEvent(app, ada, { streamId: stream.id, text, mentions: [], clientEventId: ClientEventId.parse('first') });
  // Copies of the first message: posting thousands would take a minute.
  const copy = `($1 || '-' || n)`;
  await app.test.owner.query(
    `insert into text_messages (id, workspace_id, content, mentions)
     select ${copy}, workspace_id, content, mentions from text_messages, generate_series(2, $2::int) n where id = $1`,
    [event.id, messages],
  );
  await app.test.owner.query(
    `insert into stream_events (id, workspace_id, stream_id, seq, changed_seq, ordinal, event_type, actor_id, client_event_id, content_type,
       content_id, created_at)
     select ${copy}, workspace_id, stream_id, n, n, n, event_type, actor_id, n::text, content_type, ${copy}, created_at
     from stream_events, generate_series(2, $2::int) n where id = $1`,
    [event.id, messages],
  );
  await app.test.owner.query('update streams set last_seq = $2, message_count = $2 where id = $1', [stream.id, messages]);
  return stream;
}

/** Resumes from the beginning of the streams; returns the frames by room, and their bytes. */
async function resume(streams: readonly Stream[]) {
  app.sent.length = 0;
  const { rooms } = await subscribe(
    app,
    socket,
    streams.map((stream) => ({ room: roomOf(stream), gen: stream.gen, seq: 0 })),
  );
  expect(rooms).toHaveLength(streams.length);
  const bodies = app.sent.map(({ group, body }) => ({ group, frames: (body as { frames: { op: string }[] }).frames }));
  const kinds = streams.map((stream) => [
    ...new Set(bodies.flatMap(({ group, frames }) => (group === roomOf(stream) ? frames.map(({ op }) => op) : []))),
  ]);
  return { kinds, bytes: JSON.stringify(bodies).length };
}

test('a resume of many rooms replays bytes up to the budget; the other rooms are behind', async () => {
  const streams = await Promise.all(
    [40, 30, 20, 10].map((messages) => aStreamWith(`Large ${messages}`, messages, 'x'.repeat(maxTextBytes))),
  );
  const { kinds, bytes } = await resume(streams);
  // 10 + 20 + 30 texts of 16 KB are less than a megabyte, 100 are more.
  expect(kinds).toEqual([['behind'], ['evs'], ['evs'], ['evs']]);
  expect(bytes).toBeLessThan(1.1 * maxReplayedBytes);
});

test('a resume of many rooms replays changes up to the budget; the room with the most is behind', async () => {
  const sizes = [maxReplay + 1, ...Array.from({ length: 11 }, (_, at) => maxReplay - at)];
  const streams = await Promise.all(sizes.map((messages) => aStreamWith(`Long ${messages}`, messages, 'short')));
  const { kinds } = await resume(streams);
  const replayed = sizes.filter((_, at) => kinds[at]?.[0] === 'evs');
  expect(replayed).toEqual(sizes.slice(-replayed.length));
  const changes = replayed.reduce((sum, messages) => sum + messages, 0);
  expect(changes).toBeLessThanOrEqual(maxReplayedChanges);
  expect(changes).toBeGreaterThan(maxReplayedChanges - maxReplay);
  expect(kinds.flat().filter((kind) => kind === 'behind')).toHaveLength(streams.length - replayed.length);
});
