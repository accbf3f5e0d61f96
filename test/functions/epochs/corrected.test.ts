import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { ListRelated, MemoryQuery } from '../../../contract/epoch.ts';
import type { Epoch } from '../../../contract/epoch.ts';
import type { StreamEvent } from '../../../contract/event.ts';
import type { Stream } from '../../../contract/stream.ts';
import { localEmbedder } from '../../../functions/embeddings/local-embedder.ts';
import { listEpochs } from '../../../functions/epochs/epochs/list-epochs.ts';
import { listEpochRelated } from '../../../functions/epochs/related/list-related.ts';
import { mergeEpoch } from '../../../functions/epochs/correcting/merge-epoch.ts';
import { rejectLink } from '../../../functions/epochs/related/reject-link.ts';
import { searchMemory } from '../../../functions/epochs/search/search-memory.ts';
import { setBarrier } from '../../../functions/epochs/cutting/set-barrier.ts';
import { splitEpoch } from '../../../functions/epochs/correcting/split-epoch.ts';
import { updateEpoch } from '../../../functions/epochs/correcting/update-epoch.ts';
import type { UserCaller } from '../../../functions/platform/authenticate.ts';
import { editEvent } from '../../../functions/streams/events/edit-event.ts';
import { postEvent } from '../../../functions/streams/events/post-event.ts';
import { aChannel, aMember, aWorkspace, createTestApp } from '../../support/app.ts';
import type { TestApp } from '../../support/app.ts';
import { createMemoryWorker } from '../../support/memory-worker.ts';
import type { MemoryWorker } from '../../support/memory-worker.ts';

let app: TestApp;
let worker: MemoryWorker;
let ada: UserCaller;
let stream: Stream;

beforeAll(async () => {
  app = await createTestApp();
});
afterAll(() => app.test.drop());
afterEach(() => worker.stop());
beforeEach(async () => {
  worker = await createMemoryWorker(app);
  app.memoryMessages.length = 0;
  const { workspaceId } = await aWorkspace(app);
  ada = await aMember(app, workspaceId, 'ada', 'owner');
  stream = await aChannel(app, ada, 'Open');
});

async function say(texts: readonly string[]): Promise<StreamEvent[]> {
  const said: StreamEvent[] = [];
  for (const text of texts) {
    app.time = new Date(app.time.getTime() + 30_000);
    said.push((await postEvent(app, ada, { streamId: stream.id, text, mentions: [] })).event);
  }
  await worker.remember(stream);
  return said;
}
/** Says it in an epoch of its own, which is closed and in the index. */
async function conclude(texts: readonly string[]): Promise<{ epoch: Epoch; said: StreamEvent[] }> {
  const said = await say(texts);
  await setBarrier(app, ada, { streamId: stream.id });
  await worker.remember(stream);
  return { epoch: (await listed()).at(-1) as Epoch, said };
}
/** Oldest first. */
const listed = async (): Promise<Epoch[]> => (await listEpochs(app, ada, { streamId: stream.id, limit: 200 })).items.toReversed();
const found = async (q: string): Promise<string[]> =>
  (await searchMemory(app, ada, MemoryQuery.parse({ q, mode: 'keyword' }))).items.map(({ epoch }) => epoch.id);
const related = async ({ id: epochId }: Epoch): Promise<string[]> =>
  (await listEpochRelated(app, ada, { ...ListRelated.parse({}), epochId })).items.map((item) => item.epochId);

const cats = ['The cat sleeps on the keyboard', 'Our cat purrs while the kitten climbs the curtain'];
const trains = ['The train to Basel was late again', 'Railway tickets are cheaper before the train leaves'];

describe('after a correction the worker makes memory what it says', () => {
  test('a merge: the one is found by the words of both, the other is forgotten', async () => {
    const [first, second] = [(await conclude(cats)).epoch, (await conclude(trains)).epoch];
    expect([await found('kitten'), await found('railway')]).toEqual([[first.id], [second.id]]);
    await mergeEpoch(app, ada, { epochId: second.id });
    await worker.settle();
    expect([await found('kitten'), await found('railway')]).toEqual([[first.id], [first.id]]);
    expect(await listed()).toMatchObject([{ id: first.id, indexed: true, messageCount: 4 }]);
    const index = await app.index.open(localEmbedder);
    expect(await index.count({ workspaceId: ada.workspaceId, kind: 'epoch' })).toBe(1);
  });

  test('a split: each part is found by its own words, and named after them', async () => {
    const { epoch, said } = await conclude([...cats, ...trains]);
    const { items } = await splitEpoch(app, ada, { epochId: epoch.id, eventId: said[2]?.id ?? '' });
    await worker.settle();
    const [first, second] = items as [Epoch, Epoch];
    expect([await found('kitten'), await found('railway')]).toEqual([[first.id], [second.id]]);
    const [one, other] = await listed();
    expect([one, other]).toMatchObject([
      { id: epoch.id, indexed: true, messageCount: 2, labelSource: 'terms' },
      { id: second.id, indexed: true, messageCount: 2, labelSource: 'terms', snippet: trains[0] },
    ]);
    expect(one?.terms).not.toContain('railway');
    expect(other?.terms).not.toContain('kitten');
  });

  test('a split of what is open: what comes next goes to the second part, once', async () => {
    const said = await say([...cats, ...trains]);
    // The segmenter may have seen it coming: what is open is split where it is longest.
    const open = (await listed()).at(-1) as Epoch;
    const inside = said.filter(({ seq }) => seq > open.firstSeq && seq <= open.lastSeq);
    const { items } = await splitEpoch(app, ada, { epochId: open.id, eventId: inside[0]?.id ?? '' });
    await worker.settle();
    const [next] = await say(['The next train is on platform nine']);
    const epochs = await listed();
    expect(epochs.find(({ firstSeq, lastSeq }) => firstSeq <= (next?.seq ?? 0) && (next?.seq ?? 0) <= lastSeq)?.id).toBe(items[1]?.id);
    expect(epochs.reduce((sum, { messageCount }) => sum + messageCount, 0)).toBe(5);
    expect(epochs.find(({ id }) => id === open.id)).toMatchObject({ status: 'closed', barrier: 'manual', indexed: true });
  });

  test('a merge into what is open: it goes on as one, and is found by all of it when it closes', async () => {
    const { epoch: first } = await conclude(cats);
    await say(trains);
    const open = (await listed()).at(-1) as Epoch;
    await mergeEpoch(app, ada, { epochId: open.id });
    await worker.settle();
    await conclude(['The train to Basel is on platform nine']);
    const [merged, ...others] = await listed();
    expect(others).toEqual([]);
    expect(merged).toMatchObject({ id: first.id, status: 'closed', messageCount: 5, indexed: true });
    expect([await found('kitten'), await found('platform')]).toEqual([[first.id], [first.id]]);
  });

  test('a name of a member is what the epoch is found by too, until they give it back', async () => {
    const { epoch } = await conclude(cats);
    await updateEpoch(app, ada, { epochId: epoch.id, label: 'Felines' });
    await worker.settle();
    expect(await found('felines')).toEqual([epoch.id]);
    expect(await listed()).toMatchObject([{ label: 'Felines', labelSource: 'member', indexed: true }]);
    await updateEpoch(app, ada, { epochId: epoch.id, label: null });
    await worker.settle();
    expect(await found('felines')).toEqual([]);
    expect(await listed()).toMatchObject([{ label: epoch.label, labelSource: 'terms' }]);
  });

  test('what is not related stays so, also when it is linked anew', async () => {
    const { epoch: first } = await conclude(cats);
    await conclude(trains);
    const { epoch: again, said } = await conclude(['The cat and the kitten sleep on the curtain', 'A cat that purrs on the keyboard']);
    expect(await related(again)).toEqual([first.id]);
    await rejectLink(app, ada, { epochId: again.id, targetId: first.id });
    await editEvent(app, ada, { streamId: stream.id, eventId: said[1]?.id ?? '', text: 'Our cat sleeps and purrs, the kitten climbs' });
    await worker.remember(stream);
    expect([await related(again), await related(first)]).toEqual([[], []]);
  });
});
