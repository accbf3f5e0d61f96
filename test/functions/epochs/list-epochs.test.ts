import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Epoch } from '../../../contract/epoch.ts';
import type { StreamEvent } from '../../../contract/event.ts';
import type { EpochId } from '../../../contract/ids.ts';
import type { Stream } from '../../../contract/stream.ts';
import { listEpochs } from '../../../functions/epochs/epochs/list-epochs.ts';
import { readEpoch } from '../../../functions/epochs/epochs/read-epoch.ts';
import type { UserCaller } from '../../../functions/platform/authenticate.ts';
import { deleteEvent } from '../../../functions/streams/events/delete-event.ts';
import { postEvent } from '../../../functions/streams/events/post-event.ts';
import { aChannel, aMember, aWorkspace, createTestApp } from '../../support/app.ts';
import type { TestApp } from '../../support/app.ts';
import { putEpochs } from '../../support/epochs.ts';
import { countStatements } from '../../support/statements.ts';

let app: TestApp;
let ada: UserCaller;
let cyd: UserCaller;
let gus: UserCaller;
let stream: Stream;
let closed: Stream;
let events: StreamEvent[];
let ids: EpochId[];
let closedId: EpochId;

const say = async (into: Stream, text: string) => (await postEvent(app, ada, { streamId: into.id, text, mentions: [] })).event;
const at = (index: number) => events[index] as StreamEvent;

beforeAll(async () => {
  app = await createTestApp();
  const { workspaceId } = await aWorkspace(app);
  ada = await aMember(app, workspaceId, 'ada', 'owner');
  cyd = await aMember(app, workspaceId, 'cyd');
  gus = await aMember(app, workspaceId, 'gus', 'guest');
  stream = await aChannel(app, ada, 'Open');
  closed = await aChannel(app, ada, 'Closed', 'private');
  events = [];
  for (let n = 0; n < 9; n++) events.push(await say(stream, `Message ${n}`));
  ids = await putEpochs(app, stream, [
    { from: at(0), to: at(2), label: 'The first' },
    { from: at(3), to: at(5) },
    { from: at(6), to: at(8), open: true },
  ]);
  const secret = await say(closed, 'A secret');
  [closedId = closedId] = await putEpochs(app, closed, [{ from: secret, to: secret }]);
});
afterAll(() => app.test.drop());

const counted = (work: () => Promise<unknown>) => countStatements(app, work);

describe('the epochs of a stream', () => {
  test('come newest first, whole and exactly as the contract says', async () => {
    const page = await listEpochs(app, cyd, { streamId: stream.id, limit: 50 });
    expect(page.items.map(({ id }) => id)).toEqual(ids.toReversed());
    for (const item of page.items) expect(Epoch.parse(item)).toEqual(item);
    expect(page.items.map(({ status, messageCount, indexed }) => ({ status, messageCount, indexed }))).toEqual([
      { status: 'open', messageCount: 3, indexed: false },
      { status: 'closed', messageCount: 3, indexed: true },
      { status: 'closed', messageCount: 3, indexed: true },
    ]);
    expect({ epochsRev: page.epochsRev, nextCursor: page.nextCursor }).toEqual({ epochsRev: 3, nextCursor: null });
  });

  test('come in pages that hold each of them once', async () => {
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await listEpochs(app, cyd, { streamId: stream.id, limit: 1, cursor });
      expect(page.epochsRev).toBe(3);
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    expect(seen).toEqual(ids.toReversed());
  });

  test('are none where nothing was cut yet, of revision 0', async () => {
    const fresh = await aChannel(app, ada, 'Fresh');
    expect(await listEpochs(app, ada, { streamId: fresh.id, limit: 5 })).toEqual({ items: [], nextCursor: null, epochsRev: 0 });
  });

  test('do not begin with what was taken back, also before the index is told', async () => {
    const begun = await aChannel(app, ada, 'Begun');
    const [first, second] = [await say(begun, 'A secret that slipped out'), await say(begun, 'And something else')];
    await putEpochs(app, begun, [{ from: first, to: second, open: true }]);
    const snippet = async () => (await listEpochs(app, ada, { streamId: begun.id, limit: 5 })).items[0]?.snippet;
    expect(await snippet()).toBe('How it begins');
    await deleteEvent(app, ada, { streamId: begun.id, eventId: first.id });
    expect(await snippet()).toBeNull();
  });

  test('do not exist for who does not see the stream', async () => {
    for (const caller of [cyd, gus])
      await expect(listEpochs(app, caller, { streamId: closed.id, limit: 5 })).rejects.toMatchObject({ code: 'not_found' });
    await expect(listEpochs(app, gus, { streamId: stream.id, limit: 5 })).rejects.toMatchObject({ code: 'not_found' });
  });

  test('take two statements, however many they are', async () => {
    expect(await counted(() => listEpochs(app, cyd, { streamId: stream.id, limit: 1 }))).toBe(3);
    expect(await counted(() => listEpochs(app, cyd, { streamId: stream.id, limit: 50 }))).toBe(3);
  });
});

describe('an epoch that is read', () => {
  const read = (caller: UserCaller, epochId: string, more: { after?: number; limit?: number } = {}) =>
    readEpoch(app, caller, { epochId, limit: 50, ...more });

  test('brings what was said in it, oldest first, and nothing of its neighbours', async () => {
    const { epoch, events: said, hasMore, streamName, streamType } = await read(cyd, ids[1] as string);
    expect({ id: epoch.id, streamName, streamType, hasMore }).toEqual({
      id: ids[1],
      streamName: 'Open',
      streamType: 'channel',
      hasMore: false,
    });
    expect(said.map(({ content }) => content?.text)).toEqual(['Message 3', 'Message 4', 'Message 5']);
  });

  test('comes in pages', async () => {
    const first = await read(cyd, ids[1] as string, { limit: 2 });
    expect({ seqs: first.events.map(({ seq }) => seq), hasMore: first.hasMore }).toEqual({ seqs: [at(3).seq, at(4).seq], hasMore: true });
    const rest = await read(cyd, ids[1] as string, { limit: 2, after: at(4).seq });
    expect({ seqs: rest.events.map(({ seq }) => seq), hasMore: rest.hasMore }).toEqual({ seqs: [at(5).seq], hasMore: false });
    const beyond = await read(cyd, ids[1] as string, { after: at(8).seq });
    expect({ events: beyond.events, hasMore: beyond.hasMore }).toEqual({ events: [], hasMore: false });
    const from = await read(cyd, ids[1] as string, { after: 0, limit: 1 });
    expect(from.events.map(({ seq }) => seq)).toEqual([at(3).seq]);
  });

  test('tells nothing of what was deleted', async () => {
    const gone = await say(stream, 'Said and taken back');
    const [id = ''] = await putEpochs(app, stream, [{ from: gone, to: gone }]);
    await deleteEvent(app, ada, { streamId: stream.id, eventId: gone.id });
    const { events: said } = await read(cyd, id);
    expect(said.map(({ content, deletedAt }) => ({ content, isDeleted: deletedAt !== null }))).toEqual([
      { content: null, isDeleted: true },
    ]);
    await app.test.owner.query('delete from epochs where id = $1', [id]);
  });

  test('does not exist for who does not see its stream', async () => {
    expect((await read(ada, closedId)).epoch.id).toBe(closedId);
    for (const caller of [cyd, gus]) await expect(read(caller, closedId)).rejects.toMatchObject({ code: 'not_found' });
  });

  test('takes three statements', async () => {
    expect(await counted(() => read(cyd, ids[1] as string))).toBe(4);
  });
});
