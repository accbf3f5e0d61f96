import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ListRelated } from '../../../contract/epoch.ts';
import type { Epoch, Related } from '../../../contract/epoch.ts';
import type { RelatedFrame } from '../../../contract/frames.ts';
import { ClientEventId } from '../../../contract/ids.ts';
import type { Stream } from '../../../contract/stream.ts';
import { EmbeddingFailed } from '../../../functions/embeddings/embedder.ts';
import type { Embedder } from '../../../functions/embeddings/embedder.ts';
import { localEmbedder } from '../../../functions/embeddings/local-embedder.ts';
import { createDraftBudget } from '../../../functions/epochs/related/draft-budget.ts';
import { createKnowledge } from '../../../functions/epochs/learning/knowledge.ts';
import { listEpochs } from '../../../functions/epochs/epochs/list-epochs.ts';
import { listRelated } from '../../../functions/epochs/related/list-related.ts';
import { setBarrier } from '../../../functions/epochs/cutting/set-barrier.ts';
import type { UserCaller } from '../../../functions/platform/authenticate.ts';
import { inviteMembers } from '../../../functions/streams/members/invite-members.ts';
import { postEvent } from '../../../functions/streams/events/post-event.ts';
import { aChannel, aMember, aWorkspace, createTestApp } from '../../support/app.ts';
import type { TestApp } from '../../support/app.ts';
import { createMemoryWorker } from '../../support/memory-worker.ts';
import type { MemoryWorker } from '../../support/memory-worker.ts';

let app: TestApp;
let worker: MemoryWorker;
let ada: UserCaller;
let bob: UserCaller;

beforeAll(async () => {
  app = await createTestApp();
});
afterAll(() => app.test.drop());
afterEach(() => worker.stop());
beforeEach(async () => {
  worker = await createMemoryWorker(app);
  app.time = new Date('2026-11-20T12:00:00Z');
  app.index.using = localEmbedder;
  app.sent.length = 0;
  app.memoryMessages.length = 0;
  const { workspaceId } = await aWorkspace(app);
  ada = await aMember(app, workspaceId, 'ada', 'owner');
  bob = await aMember(app, workspaceId, 'bob');
});

const payments = [
  'The payments webhook fires twice for some invoices',
  'Stripe retries the webhook when our handler is slow, so the same invoice is charged again',
  'We need an idempotency key on the payments handler',
];
const office = [
  'Has anybody measured the new office? The desks arrive on Monday',
  'The floor plan says twelve desks and two meeting rooms on the third floor',
  'Movers bring the desks and chairs at nine, somebody has to open the building',
];
const cluster = [
  'The search cluster is red since the upgrade, two shards are missing',
  'Replica allocation fails, the disks of the search nodes are full',
  'I deleted old snapshots, the shards are allocated again and the cluster is green',
];
const paymentsAgain = [
  'A customer was charged twice again, is that the webhook?',
  'The payments handler got the webhook without idempotency key',
];

async function say(stream: Stream, texts: readonly string[], who: UserCaller = ada): Promise<void> {
  for (const text of texts) {
    app.time = new Date(app.time.getTime() + 60_000);
    const clientEventId = ClientEventId.parse(crypto.randomUUID());
    await postEvent(app, who, { streamId: stream.id, eventType: 'message', text, mentions: [], clientEventId });
  }
}
/** Says it, and closes the epoch behind it. */
async function conclude(stream: Stream, texts: readonly string[], who?: UserCaller): Promise<void> {
  await say(stream, texts, who);
  await setBarrier(app, who ?? ada, { streamId: stream.id });
}
/** Puts what was said into epochs; what follows from that waits. */
const cut = (stream: Stream) => worker.assign({ kind: 'stream', workspaceId: ada.workspaceId, streamId: stream.id });
const epochs = async (stream: Stream): Promise<Epoch[]> =>
  (await listEpochs(app, ada, { streamId: stream.id, limit: 200 })).items.toReversed();
const relatedFrames = (): RelatedFrame[] =>
  app.sent
    .map(({ body }) => body as { kind: string; frame: RelatedFrame })
    .flatMap(({ kind, frame }) => (kind === 'derived' && frame.op === 'related' ? [frame] : []));
const snippets = (items: readonly Related[] | undefined) => (items ?? []).map(({ snippet }) => snippet);

/** The words of the offline embedder under another name, as a provider that can be made to fail. */
const provider = (embed: Embedder['embed'] = localEmbedder.embed): Embedder => ({
  ...localEmbedder,
  model: 'double-1',
  isOffline: false,
  embed,
});
const failing = (kind: 'unavailable' | 'refused'): Embedder =>
  provider(async () => {
    throw new EmbeddingFailed(kind, 'The provider does not answer');
  });

describe('a closed epoch', () => {
  it('is labelled by its most telling words, indexed, and told with them', async () => {
    const stream = await aChannel(app, ada, 'one');
    await conclude(stream, payments);
    await worker.settle();
    const [epoch] = await epochs(stream);
    expect(epoch).toMatchObject({ status: 'closed', indexed: true, labelSource: 'terms', snippet: payments[0] });
    expect(epoch?.label?.toLowerCase()).toContain('webhook');
    const index = await app.index.open(localEmbedder);
    expect(await index.count({ workspaceId: ada.workspaceId })).toBe(1);
  });

  it('is in the index once, however often the work is done', async () => {
    const stream = await aChannel(app, ada, 'one');
    await conclude(stream, payments);
    await worker.settle((messages) => [...messages, ...messages].toReversed());
    const [epoch] = await epochs(stream);
    await worker.work({ kind: 'epoch', workspaceId: ada.workspaceId, epochId: epoch?.id ?? '', attempt: 0 });
    const index = await app.index.open(localEmbedder);
    expect(await index.count({ workspaceId: ada.workspaceId })).toBe(1);
  });

  it('without words is no hindrance and in no index', async () => {
    const stream = await aChannel(app, ada, 'one');
    await conclude(stream, ['👍', '🎉', '...']);
    await worker.settle();
    expect(await epochs(stream)).toMatchObject([{ indexed: true, label: null, terms: [] }]);
    const index = await app.index.open(localEmbedder);
    expect(await index.count({ workspaceId: ada.workspaceId })).toBe(0);
  });

  it('is linked with what came back to it, and with nothing else; the same link once', async () => {
    const stream = await aChannel(app, ada, 'one');
    for (const topic of [payments, office, cluster]) await conclude(stream, topic);
    await conclude(stream, paymentsAgain);
    await worker.settle((messages) => [...messages, ...messages]);
    const list = await epochs(stream);
    const { rows } = await app.test.owner.query('select epoch_id, target_id from epoch_links where workspace_id = $1', [ada.workspaceId]);
    expect(rows).toEqual([{ epoch_id: list[3]?.id, target_id: list[0]?.id }]);
  });
});

describe('while people talk', () => {
  it('the room is shown what the open epoch comes back to', async () => {
    const stream = await aChannel(app, ada, 'one');
    for (const topic of [payments, office, cluster]) await conclude(stream, topic);
    await worker.settle();
    app.sent.length = 0;
    await say(stream, paymentsAgain, bob);
    await worker.remember(stream);
    const frame = relatedFrames().at(-1);
    expect(frame).toMatchObject({ room: expect.stringContaining(stream.id), epochId: (await epochs(stream)).at(-1)?.id });
    expect(snippets(frame?.items)).toEqual([payments[0]]);
  });

  it('the room is shown the same as who asks, also where many are as alike: the newest of them', async () => {
    const before = await aChannel(app, ada, 'before');
    for (let times = 0; times < 12; times++) await conclude(before, payments);
    for (const topic of [office, cluster]) await conclude(before, topic);
    await worker.settle();
    const stream = await aChannel(app, ada, 'one');
    await say(stream, paymentsAgain, bob);
    await worker.remember(stream);
    const { items } = await listRelated({ ...app, knowledge: createKnowledge(), draftBudget: createDraftBudget(app) }, ada, {
      ...ListRelated.parse({}),
      streamId: stream.id,
    });
    const shown = relatedFrames()
      .at(-1)
      ?.items.map(({ epochId }) => epochId);
    expect(shown).toEqual(items.map(({ epochId }) => epochId));
    expect(shown).toEqual(
      (await epochs(before))
        .slice(7, 12)
        .map(({ id }) => id)
        .toReversed(),
    );
  });

  it('nobody is shown what not everybody in the room may see', async () => {
    const secret = await aChannel(app, ada, 'secret', 'private');
    const open = await aChannel(app, ada, 'open');
    await conclude(secret, payments);
    for (const topic of [office, cluster]) await conclude(open, topic);
    await worker.settle();
    await say(open, paymentsAgain, bob);
    await worker.remember(open);
    await setBarrier(app, ada, { streamId: open.id });
    await worker.remember(open);
    expect(relatedFrames().flatMap(({ items }) => items)).toEqual([]);
    // In the private channel itself it comes up, and what is public does too.
    await say(secret, paymentsAgain);
    await worker.remember(secret);
    expect(snippets(relatedFrames().at(-1)?.items)).toContain(payments[0]);
  });

  it('a guest in the room keeps what is public out of it', async () => {
    const gus = await aMember(app, ada.workspaceId, 'gus', 'guest');
    const open = await aChannel(app, ada, 'open');
    const shared = await aChannel(app, ada, 'shared', 'private');
    await inviteMembers(app, ada, { streamId: shared.id, userIds: [gus.userId], role: 'member' });
    for (const topic of [payments, office, cluster]) await conclude(open, topic);
    await worker.settle();
    await say(shared, paymentsAgain);
    await setBarrier(app, ada, { streamId: shared.id });
    await worker.remember(shared);
    expect(relatedFrames().flatMap(({ items }) => items)).toEqual([]);
  });

  it('it is looked for at most every three messages or ten seconds', async () => {
    const stream = await aChannel(app, ada, 'one');
    const looks = () => app.memoryMessages.filter(({ body }) => (body as { kind: string }).kind === 'open').length;
    const quickly = async (text: string) => {
      app.time = new Date(app.time.getTime() + 1_000);
      await postEvent(app, ada, {
        streamId: stream.id,
        eventType: 'message',
        text,
        mentions: [],
        clientEventId: ClientEventId.parse(crypto.randomUUID()),
      });
      await worker.assign({ kind: 'stream', workspaceId: ada.workspaceId, streamId: stream.id });
    };
    await quickly('The payments webhook again');
    expect(looks()).toBe(1);
    await quickly('The payments webhook fires');
    await quickly('The webhook of the payments fires twice');
    expect(looks()).toBe(1);
    await quickly('Twice the webhook of the payments');
    expect(looks()).toBe(2);
    app.time = new Date(app.time.getTime() + 10_000);
    await quickly('The webhook');
    expect(looks()).toBe(3);
  });
});

describe('faults', () => {
  it('a provider that is away holds up no message and loses nothing; what was paid for is not paid for again', async () => {
    const stream = await aChannel(app, ada, 'one');
    for (const topic of [payments, office, cluster]) await conclude(stream, topic);
    await cut(stream);
    app.index.using = failing('unavailable');
    await worker.settle();
    expect((await epochs(stream)).map(({ indexed }) => indexed)).toEqual([false, false, false]);
    let embedded = 0;
    app.index.using = provider(async (texts, purpose) => {
      embedded += texts.length;
      return localEmbedder.embed(texts, purpose);
    });
    const qdrant = await app.index.qdrant();
    qdrant.faults.down(true);
    app.time = new Date(app.time.getTime() + 3 * 60_000);
    await worker.flush();
    await worker.settle();
    expect(embedded).toBe(3);
    qdrant.faults.down(false);
    app.time = new Date(app.time.getTime() + 3 * 60_000);
    await worker.flush();
    await worker.settle();
    expect((await epochs(stream)).map(({ indexed }) => indexed)).toEqual([true, true, true]);
    expect(embedded).toBe(3);
  });

  it('one text that a provider refuses holds up no other', async () => {
    const stream = await aChannel(app, ada, 'one');
    for (const topic of [payments, office, cluster]) await conclude(stream, topic);
    await cut(stream);
    app.index.using = failing('unavailable');
    await worker.settle();
    app.index.using = provider(async (texts, purpose) => {
      if (texts.some((text) => text.includes('office'))) throw new EmbeddingFailed('refused', 'Not this text');
      return localEmbedder.embed(texts, purpose);
    });
    app.time = new Date(app.time.getTime() + 3 * 60_000);
    await worker.flush();
    await worker.settle();
    expect((await epochs(stream)).map(({ indexed }) => indexed)).toEqual([true, false, true]);
  });

  it('an index that was dropped is made anew by a job, from the database alone', async () => {
    const stream = await aChannel(app, ada, 'one');
    for (const topic of [payments, office, cluster]) await conclude(stream, topic);
    await worker.settle();
    const index = await app.index.open(localEmbedder);
    await index.removeWhere({ workspaceId: ada.workspaceId });
    app.index.using = { ...localEmbedder, embed: failing('unavailable').embed };
    const { reindexMemory } = await import('../../../functions/epochs/indexing/reindex-memory.ts');
    await reindexMemory(app, { kind: 'apiKey', workspaceId: ada.workspaceId } as Parameters<typeof reindexMemory>[1]);
    await worker.settle((messages) => [...messages, ...messages]);
    expect(await index.count({ workspaceId: ada.workspaceId })).toBe(3);
    const { rows } = await app.test.owner.query('select status, done, total from jobs where workspace_id = $1', [ada.workspaceId]);
    expect(rows).toEqual([{ status: 'done', done: 3, total: 3 }]);
  });

  it('another model is moved to beside the old one, which serves until all is embedded anew', async () => {
    const stream = await aChannel(app, ada, 'one');
    for (const topic of [payments, office]) await conclude(stream, topic);
    await worker.settle();
    const next = provider();
    app.index.using = next;
    await conclude(stream, cluster);
    await worker.settle();
    const { rows } = await app.test.owner.query('select model, next_model from workspace_memory where workspace_id = $1', [
      ada.workspaceId,
    ]);
    expect(rows).toEqual([{ model: 'double-1', next_model: null }]);
    expect(await (await app.index.open(next)).count({ workspaceId: ada.workspaceId })).toBe(3);
    expect(await (await app.index.open(localEmbedder)).count({ workspaceId: ada.workspaceId })).toBe(0);
  });
});
