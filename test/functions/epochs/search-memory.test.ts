import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { MemoryHits, MemoryQuery } from '../../../contract/epoch.ts';
import type { StreamEvent } from '../../../contract/event.ts';
import type { EpochId } from '../../../contract/ids.ts';
import type { Stream } from '../../../contract/stream.ts';
import { EmbeddingFailed } from '../../../functions/embeddings/embedder.ts';
import { localEmbedder } from '../../../functions/embeddings/local-embedder.ts';
import { searchMemory } from '../../../functions/epochs/search/search-memory.ts';
import type { UserCaller } from '../../../functions/platform/authenticate.ts';
import { deleteEvent } from '../../../functions/streams/events/delete-event.ts';
import { inviteMembers } from '../../../functions/streams/members/invite-members.ts';
import { removeStreamMember } from '../../../functions/streams/members/leave-stream.ts';
import { postEvent } from '../../../functions/streams/events/post-event.ts';
import { aChannel, aMember, aWorkspace, createTestApp } from '../../support/app.ts';
import type { TestApp } from '../../support/app.ts';
import { putEpochs, putIntoIndex } from '../../support/epochs.ts';
import { countStatements } from '../../support/statements.ts';

let app: TestApp;
let workspaceId: UserCaller['workspaceId'];
let ada: UserCaller;
let cyd: UserCaller;
let gus: UserCaller;
let open: Stream;
let closed: Stream;
let ids: Record<'deploy' | 'lunch' | 'secret', EpochId>;
let events: StreamEvent[];

const say = async (into: Stream, text: string) => (await postEvent(app, ada, { streamId: into.id, text, mentions: [] })).event;

/** Puts what is said into one epoch that is in the index. */
async function remember(into: Stream, texts: readonly string[]): Promise<{ id: EpochId; said: StreamEvent[] }> {
  const said: StreamEvent[] = [];
  for (const text of texts) said.push(await say(into, text));
  const [from, to] = [said[0] as StreamEvent, said.at(-1) as StreamEvent];
  const [id] = await putEpochs(app, into, [{ from, to }]);
  if (!id) throw new Error('It was put');
  await putIntoIndex(app, workspaceId, [id]);
  return { id, said };
}

beforeAll(async () => {
  app = await createTestApp();
  ({ workspaceId } = await aWorkspace(app));
  ada = await aMember(app, workspaceId, 'ada', 'owner');
  cyd = await aMember(app, workspaceId, 'cyd');
  gus = await aMember(app, workspaceId, 'gus', 'guest');
  open = await aChannel(app, ada, 'Open');
  closed = await aChannel(app, ada, 'Closed', 'private');
  const deploy = await remember(open, [
    'The deployment of the billing service failed tonight',
    'Postgres ran out of connections while we deployed billing',
    'A password that should not have been said: hunter2',
    'Rolled back, the deployments wait for a larger pool',
  ]);
  events = deploy.said;
  app.time = new Date('2026-11-21T12:00:00Z');
  const lunch = await remember(open, ['Pizza or noodles for lunch?', 'Noodles, as on every Thursday']);
  const secret = await remember(closed, ['We deploy the billing service to new machines in secret']);
  ids = { deploy: deploy.id, lunch: lunch.id, secret: secret.id };
  await deleteEvent(app, ada, { streamId: open.id, eventId: (events[2] as StreamEvent).id });
});
afterAll(() => app.test.drop());

const search = (caller: UserCaller, q: string, more: Partial<Record<keyof MemoryQuery, unknown>> = {}) =>
  searchMemory(app, caller, MemoryQuery.parse({ q, ...more }));
const found = async (...asked: Parameters<typeof search>) => (await search(...asked)).items.map(({ epoch }) => epoch.id);
const modes = ['keyword', 'vector', 'hybrid'] as const;

describe('memory is searched', () => {
  test.each(modes)('by %s: best first, exactly as the contract says', async (mode) => {
    const answer = await search(ada, 'billing deployment failed', { mode });
    expect(MemoryHits.parse(answer)).toEqual(answer);
    expect(answer).toMatchObject({ mode, memory: 'current' });
    expect(answer.items[0]).toMatchObject({ epoch: { id: ids.deploy }, streamName: 'Open', streamType: 'channel' });
    const scores = answer.items.map(({ score }) => score);
    expect(scores).toEqual(scores.toSorted((a, b) => b - a));
  });

  test('for other forms of the words, and shows where they are', async () => {
    const { items } = await search(ada, 'deploying connections');
    expect(items[0]?.highlights).toEqual([
      {
        eventId: events[1]?.id,
        seq: events[1]?.seq,
        text: 'Postgres ran out of \u0002connections\u0003 while we \u0002deployed\u0003 billing',
      },
      { eventId: events[0]?.id, seq: events[0]?.seq, text: 'The \u0002deployment\u0003 of the billing service failed tonight' },
      { eventId: events[3]?.id, seq: events[3]?.seq, text: 'Rolled back, the \u0002deployments\u0003 wait for a larger pool' },
    ]);
  });

  test('in one stream, and in a time', async () => {
    expect(await found(ada, 'billing', { mode: 'keyword' })).toEqual(expect.arrayContaining([ids.deploy, ids.secret]));
    expect(await found(ada, 'billing', { mode: 'keyword', in: closed.id })).toEqual([ids.secret]);
    expect(await found(ada, 'billing noodles', { mode: 'keyword', in: open.id, after: '2026-11-21T00:00:00Z' })).toEqual([ids.lunch]);
    expect(await found(ada, 'billing noodles', { mode: 'keyword', before: '2026-11-21T00:00:00Z' })).toEqual([ids.deploy]);
  });

  test('and says nothing of what was deleted', async () => {
    for (const mode of modes) expect(JSON.stringify(await search(ada, 'password hunter2 deployment', { mode }))).not.toContain('hunter2');
  });

  test('with nothing to find, finds nothing', async () => {
    expect(await search(ada, 'zzz', { mode: 'keyword' })).toMatchObject({ items: [] });
    expect(await search(ada, '🙂', { mode: 'keyword' })).toMatchObject({ items: [] });
  });
});

describe('what somebody may not see is not found', () => {
  test.each(modes)('by %s', async (mode) => {
    expect(await found(cyd, 'billing service in secret', { mode, limit: '1000' })).not.toContain(ids.secret);
    expect(await found(gus, 'billing service in secret', { mode, limit: '1000' })).toEqual([]);
    await expect(search(cyd, 'billing', { mode, in: closed.id })).rejects.toMatchObject({ code: 'not_found' });
  });

  test('also while the index still says that they may', async () => {
    await inviteMembers(app, ada, { streamId: closed.id, userIds: [cyd.userId], role: 'member' });
    expect(await found(cyd, 'billing secret', { mode: 'keyword' })).toContain(ids.secret);
    await removeStreamMember(app, ada, { streamId: closed.id, userId: 'cyd' });
    expect(await found(cyd, 'billing secret', { mode: 'keyword' })).not.toContain(ids.secret);
    const index = await app.index.open(localEmbedder);
    await index.setVisibility({ workspaceId, streamId: closed.id }, 'public');
    expect(await found(cyd, 'billing secret', { mode: 'keyword' })).not.toContain(ids.secret);
    await index.setVisibility({ workspaceId, streamId: closed.id }, 'private');
  });

  test('and who is in a stream finds what was said there, guest or not', async () => {
    await inviteMembers(app, ada, { streamId: closed.id, userIds: [gus.userId], role: 'member' });
    expect(await found(gus, 'billing secret', { mode: 'keyword' })).toEqual([ids.secret]);
    await removeStreamMember(app, ada, { streamId: closed.id, userId: 'gus' });
  });
});

describe('when a part is away', () => {
  const failing = {
    ...localEmbedder,
    isOffline: false,
    embed: () => Promise.reject(new EmbeddingFailed('unavailable', 'The provider is down')),
  };

  test('without a provider it is searched by words, and says so', async () => {
    app.index.using = failing;
    try {
      for (const mode of ['vector', 'hybrid'] as const) {
        expect(await search(ada, 'noodles', { mode })).toMatchObject({
          mode: 'keyword',
          memory: 'behind',
          items: [{ epoch: { id: ids.lunch } }],
        });
      }
      expect(await search(ada, 'noodles', { mode: 'keyword' })).toMatchObject({ mode: 'keyword', memory: 'current' });
    } finally {
      app.index.using = localEmbedder;
    }
  });

  test('while the workspace is indexed with another model, it is searched by words in that index', async () => {
    await app.test.owner.query(`insert into workspace_memory (workspace_id, model, dimension) values ($1, $2, $3)`, [
      workspaceId,
      localEmbedder.model,
      localEmbedder.dimension,
    ]);
    app.index.using = { ...localEmbedder, model: 'another' };
    try {
      expect(await search(ada, 'noodles')).toMatchObject({ mode: 'keyword', memory: 'behind', items: [{ epoch: { id: ids.lunch } }] });
    } finally {
      app.index.using = localEmbedder;
    }
  });

  test('without the index it is a problem that says to try again', async () => {
    const qdrant = await app.index.qdrant();
    qdrant.faults.down();
    try {
      for (const mode of modes)
        await expect(search(ada, 'noodles', { mode })).rejects.toMatchObject({ code: 'unavailable', retryAfterSeconds: 5 });
    } finally {
      qdrant.faults.down(false);
    }
    expect(await found(ada, 'noodles', { mode: 'keyword' })).toEqual([ids.lunch]);
  });

  test('while epochs wait for the index longer than they should, what is found comes with a warning', async () => {
    await app.test.owner.query(`update epochs set content_rev = 1, content_at = $2 where id = $1`, [
      ids.lunch,
      new Date(app.time.getTime() - 121_000),
    ]);
    expect(await search(ada, 'noodles')).toMatchObject({ memory: 'behind' });
    await app.test.owner.query(`update epochs set content_at = $2 where id = $1`, [ids.lunch, new Date(app.time.getTime() - 60_000)]);
    expect(await search(ada, 'noodles')).toMatchObject({ memory: 'current' });
    await app.test.owner.query('update epochs set content_rev = 0 where id = $1', [ids.lunch]);
  });
});

test('three statements, however much is found', async () => {
  const counted = (limit: string) => countStatements(app, () => search(ada, 'billing noodles lunch deploy', { limit }));
  // And two transactions: the index is asked between them.
  expect(await counted('1')).toBe(5);
  expect(await counted('1000')).toBe(5);
});
