import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Epoch } from '../../../contract/epoch.ts';
import type { StreamEvent } from '../../../contract/event.ts';
import { EpochsFrame } from '../../../contract/frames.ts';
import { newId } from '../../../contract/ids.ts';
import type { EpochId } from '../../../contract/ids.ts';
import type { Stream } from '../../../contract/stream.ts';
import { listEpochs } from '../../../functions/epochs/epochs/list-epochs.ts';
import { mergeEpoch } from '../../../functions/epochs/correcting/merge-epoch.ts';
import { readEpoch } from '../../../functions/epochs/epochs/read-epoch.ts';
import { splitEpoch } from '../../../functions/epochs/correcting/split-epoch.ts';
import { updateEpoch } from '../../../functions/epochs/correcting/update-epoch.ts';
import type { UserCaller } from '../../../functions/platform/authenticate.ts';
import { createThread } from '../../../functions/streams/threads/create-thread.ts';
import { postEvent } from '../../../functions/streams/events/post-event.ts';
import { archiveStream, updateStream } from '../../../functions/streams/streams/update-stream.ts';
import { aChannel, aMember, aWorkspace, createTestApp } from '../../support/app.ts';
import type { TestApp } from '../../support/app.ts';
import { putEpochs, putLink } from '../../support/epochs.ts';
import { countStatements } from '../../support/statements.ts';

let app: TestApp;
let ada: UserCaller;
let cyd: UserCaller;
let stranger: UserCaller;
let stream: Stream;
let events: StreamEvent[];
let ids: EpochId[];

beforeAll(async () => {
  app = await createTestApp();
  const { workspaceId } = await aWorkspace(app);
  ada = await aMember(app, workspaceId, 'ada', 'owner');
  cyd = await aMember(app, workspaceId, 'cyd');
  stranger = await aMember(app, (await aWorkspace(app)).workspaceId, 'ada', 'owner');
});
afterAll(() => app.test.drop());

let streams = 0;
beforeEach(async () => {
  stream = await aChannel(app, ada, `Channel ${streams++}`);
  events = [];
  for (let n = 0; n < 9; n++) events.push((await postEvent(app, ada, { streamId: stream.id, text: `Message ${n}`, mentions: [] })).event);
  ids = await putEpochs(app, stream, [
    { from: at(0), to: at(2), label: 'The first' },
    { from: at(3), to: at(5), label: 'The second' },
    { from: at(6), to: at(8), open: true },
  ]);
  app.sent.length = 0;
  app.memoryMessages.length = 0;
});

const at = (index: number) => events[index] as StreamEvent;
const id = (index: number) => ids[index] as EpochId;
const listed = async (): Promise<Epoch[]> => (await listEpochs(app, ada, { streamId: stream.id, limit: 50 })).items.toReversed();
const rangesOf = (epochs: readonly Epoch[]) => epochs.map(({ firstSeq, lastSeq, messageCount }) => [firstSeq, lastSeq, messageCount]);
/** Frames sent to the room since the beginning of the test. */
const told = (): EpochsFrame[] =>
  app.sent.flatMap(({ body }) => {
    const { frame } = body as { frame?: unknown };
    return frame === undefined ? [] : [EpochsFrame.parse(frame)];
  });
const asked = () => app.memoryMessages.map(({ body }) => body);
const corrections = async () =>
  (await app.test.owner.query('select kind, seq, corrected_by from epoch_corrections where stream_id = $1 order by id', [stream.id])).rows;
const raw = async (epochId: string) => (await app.test.owner.query('select * from epochs where id = $1', [epochId])).rows[0];
const refusal = (work: Promise<unknown>) => expect(work).rejects;

describe('a label', () => {
  test('of a member stays, is told, and asks for the index to be made anew', async () => {
    const epoch = await updateEpoch(app, ada, { epochId: id(0), label: 'Ours' });
    expect(epoch).toMatchObject({ label: 'Ours', labelSource: 'member', rev: 4, indexed: false });
    expect(told()).toEqual([
      { op: 'epochs', room: `ws:${stream.workspaceId}:stream:${stream.id}`, from: 3, rev: 4, items: [epoch], removed: [], partial: false },
    ]);
    expect(asked()).toEqual([{ kind: 'epoch', workspaceId: stream.workspaceId, epochId: id(0), attempt: 0 }]);
    expect((await listEpochs(app, ada, { streamId: stream.id, limit: 5 })).epochsRev).toBe(4);
  });

  test('that is so already changes nothing and tells nobody', async () => {
    const epoch = await updateEpoch(app, ada, { epochId: id(0), label: 'Ours' });
    app.sent.length = 0;
    expect(await updateEpoch(app, ada, { epochId: id(0), label: 'Ours' })).toEqual(epoch);
    expect(await updateEpoch(app, ada, { epochId: id(1), label: null })).toMatchObject({ label: 'The second', labelSource: 'terms' });
    expect(told()).toEqual([]);
    expect((await listEpochs(app, ada, { streamId: stream.id, limit: 5 })).epochsRev).toBe(4);
  });

  test('that is given back leaves the epoch to memory', async () => {
    await updateEpoch(app, ada, { epochId: id(0), label: 'Ours' });
    expect(await updateEpoch(app, ada, { epochId: id(0), label: null })).toMatchObject({ label: null, labelSource: null, rev: 5 });
  });

  test('is refused where the epoch has changed since it was read', async () => {
    await updateEpoch(app, ada, { epochId: id(0), label: 'Ours', ifMatch: 1 });
    await refusal(updateEpoch(app, ada, { epochId: id(0), label: 'Mine', ifMatch: 1 })).toMatchObject({ code: 'precondition_failed' });
    expect((await readEpoch(app, ada, { epochId: id(0), limit: 1 })).epoch).toMatchObject({ label: 'Ours', rev: 4 });
  });
});

describe('a merge', () => {
  test('leaves the epoch before, which ends as the other did; the other is gone', async () => {
    const { items, removed, epochsRev } = await mergeEpoch(app, ada, { epochId: id(1) });
    expect({ ids: items.map((epoch) => epoch.id), removed, epochsRev }).toEqual({ ids: [id(0)], removed: [id(1)], epochsRev: 4 });
    expect(rangesOf(await listed())).toEqual([
      [at(0).seq, at(5).seq, 6],
      [at(6).seq, at(8).seq, 3],
    ]);
    expect(items[0]).toMatchObject({ status: 'closed', barrier: 'gap', label: 'The first', rev: 4, indexed: false });
    expect(told()).toMatchObject([{ from: 3, rev: 4, items, removed: [id(1)] }]);
    expect(await corrections()).toEqual([{ kind: 'merge', seq: at(3).seq, corrected_by: 'ada' }]);
  });

  test('has the index take in the one and forget the other', async () => {
    await mergeEpoch(app, ada, { epochId: id(1) });
    const { workspaceId } = stream;
    expect(asked()).toEqual([
      { kind: 'epoch', workspaceId, epochId: id(0), attempt: 0 },
      { kind: 'forget', workspaceId, epochId: id(1) },
    ]);
  });

  test('with the open epoch is open, with what the segmenter remembered of it', async () => {
    await app.test.owner.query(`update epochs set state = '{"memory":[1]}' where id = $1`, [id(2)]);
    const { items } = await mergeEpoch(app, ada, { epochId: id(2) });
    expect(items).toMatchObject([{ id: id(1), status: 'open', barrier: null, closedAt: null, messageCount: 6 }]);
    expect(await raw(id(1))).toMatchObject({ state: { memory: [1] } });
    expect(asked()).toMatchObject([
      { kind: 'open', epochId: id(1) },
      { kind: 'forget', epochId: id(2) },
    ]);
  });

  test('keeps the name that a member gave to either, the first one first', async () => {
    await updateEpoch(app, ada, { epochId: id(1), label: 'Named' });
    expect((await mergeEpoch(app, ada, { epochId: id(1) })).items).toMatchObject([{ label: 'Named', labelSource: 'member' }]);
    await updateEpoch(app, ada, { epochId: id(2), label: 'Named too' });
    expect((await mergeEpoch(app, ada, { epochId: id(2) })).items).toMatchObject([{ label: 'Named', labelSource: 'member' }]);
  });

  test('takes its links along, and no vector stays behind', async () => {
    const other = await aChannel(app, ada, `Other ${streams}`);
    const { event } = await postEvent(app, ada, { streamId: other.id, text: 'Far', mentions: [] });
    const [far = ''] = await putEpochs(app, other, [{ from: event, to: event }]);
    const near = id(2);
    const { workspaceId } = stream;
    await putLink(app, workspaceId, { from: id(1), to: far, score: 0.75 });
    await putLink(app, workspaceId, { from: id(0), to: far, score: 0.5 });
    await putLink(app, workspaceId, { from: near, to: id(1), score: 0.25 });
    await putLink(app, workspaceId, { from: id(1), to: id(0), score: 0.875 });
    await app.test.owner.query(
      `insert into epoch_vectors (epoch_id, model, dimension, workspace_id, content_hash, vector, embedded_at) values ($1, 'm', 1, $2, '', '', now())`,
      [id(1), workspaceId],
    );
    await mergeEpoch(app, ada, { epochId: id(1) });
    const { rows } = await app.test.owner.query(
      'select epoch_id, target_id, score from epoch_links where epoch_id = any($1) or target_id = any($1) order by score',
      [ids],
    );
    expect(rows).toEqual([
      { epoch_id: near, target_id: id(0), score: 0.25 },
      { epoch_id: id(0), target_id: far, score: 0.75 },
    ]);
    expect((await app.test.owner.query('select from epoch_vectors where epoch_id = $1', [id(1)])).rowCount).toBe(0);
  });

  test('is refused for the first epoch, and for one that was merged already', async () => {
    await refusal(mergeEpoch(app, ada, { epochId: id(0) })).toMatchObject({ code: 'nothing_before' });
    await mergeEpoch(app, ada, { epochId: id(1) });
    await refusal(mergeEpoch(app, ada, { epochId: id(1) })).toMatchObject({ code: 'not_found' });
    expect(told()).toHaveLength(1);
  });

  test('of two at once, one after the other is done', async () => {
    const others = [0, 1].map(() => ({ ...app, db: app.test.open() }));
    const outcomes = await Promise.all(others.map((one, index) => mergeEpoch(one, ada, { epochId: id(index + 1) }).then(() => 'done')));
    expect(outcomes).toEqual(['done', 'done']);
    const epochs = await listed();
    expect(rangesOf(epochs)).toEqual([[at(0).seq, at(8).seq, 9]]);
    expect(epochs[0]).toMatchObject({ status: 'open', rev: 5 });
    const frames = told().toSorted((one, other) => one.rev - other.rev);
    expect(frames).toMatchObject([
      { from: 3, rev: 4 },
      { from: 4, rev: 5 },
    ]);
  });
});

describe('a split', () => {
  test('makes two of one: the first keeps id, name and links, the second ends as the whole did', async () => {
    const { items, removed, epochsRev } = await splitEpoch(app, ada, { epochId: id(1), eventId: at(4).id });
    expect({ removed, epochsRev, ranges: rangesOf(items) }).toEqual({
      removed: [],
      epochsRev: 4,
      ranges: [
        [at(3).seq, at(3).seq, 1],
        [at(4).seq, at(5).seq, 2],
      ],
    });
    expect(items[0]).toMatchObject({ id: id(1), label: 'The second', status: 'closed', barrier: 'manual', rev: 4, indexed: false });
    expect(items[1]).toMatchObject({ label: null, status: 'closed', barrier: 'gap', snippet: 'Message 4', rev: 4, indexed: false });
    expect(await listed()).toEqual([expect.objectContaining({ id: id(0) }), ...items, expect.objectContaining({ id: id(2) })]);
    expect(told()).toMatchObject([{ from: 3, rev: 4, items, removed: [] }]);
    expect(asked()).toMatchObject(items.map((epoch) => ({ kind: 'epoch', epochId: epoch.id })));
    expect(await corrections()).toEqual([{ kind: 'split', seq: at(4).seq, corrected_by: 'ada' }]);
  });

  test('of the open epoch closes the first part; the second is open, and the segmenter reads it again', async () => {
    await app.test.owner.query(`update epochs set state = '{"memory":[1]}' where id = $1`, [id(2)]);
    const { items } = await splitEpoch(app, ada, { epochId: id(2), eventId: at(8).id });
    expect(items).toMatchObject([
      { id: id(2), status: 'closed', barrier: 'manual', closedAt: app.time.toISOString() },
      { status: 'open', barrier: null, closedAt: null },
    ]);
    for (const { id: epochId } of items) expect(await raw(epochId)).toMatchObject({ state: null });
    expect(asked()).toMatchObject([{ kind: 'epoch' }, { kind: 'open' }]);
  });

  test('and a merge of both parts is the whole again', async () => {
    const before = rangesOf(await listed());
    const { items } = await splitEpoch(app, ada, { epochId: id(1), eventId: at(5).id });
    app.time = new Date(app.time.getTime() + 1_000);
    await mergeEpoch(app, ada, { epochId: items[1]?.id ?? '' });
    expect(rangesOf(await listed())).toEqual(before);
    expect((await corrections()).map(({ kind }: { kind: string }) => kind)).toEqual(['split', 'merge']);
  });

  test('is refused at its first message, at what nobody posted, and where the event is not in it', async () => {
    const refused = (eventId: string, code: string) => refusal(splitEpoch(app, ada, { epochId: id(1), eventId })).toMatchObject({ code });
    await refused(at(3).id, 'nothing_before');
    await refused(at(6).id, 'not_found');
    await refused(newId('event'), 'not_found');
    await updateStream(app, ada, { streamId: stream.id, description: 'Noted' });
    const { rows } = await app.test.owner.query<{ id: string }>(
      `update epochs set last_seq = (select last_seq from streams where id = $2) where id = $1
       returning (select e.id from stream_events e where e.stream_id = $2 and e.event_type = 'system' order by e.seq desc limit 1)`,
      [id(2), stream.id],
    );
    await refusal(splitEpoch(app, ada, { epochId: id(2), eventId: rows[0]?.id ?? '' })).toMatchObject({ code: 'wrong_event_type' });
    expect(told()).toEqual([]);
    expect(await corrections()).toEqual([]);
  });
});

describe('corrections', () => {
  const all = (caller: UserCaller, epochId: string): (() => Promise<unknown>)[] => [
    () => updateEpoch(app, caller, { epochId, label: 'Theirs' }),
    () => mergeEpoch(app, caller, { epochId }),
    () => splitEpoch(app, caller, { epochId, eventId: at(4).id }),
  ];

  test('are not for who only looks on; who is not here learns nothing of it', async () => {
    for (const attempt of all(cyd, id(1))) await refusal(attempt()).toMatchObject({ code: 'forbidden' });
    for (const attempt of all(stranger, id(1))) await refusal(attempt()).toMatchObject({ code: 'not_found' });
    for (const attempt of all(ada, newId('epoch'))) await refusal(attempt()).toMatchObject({ code: 'not_found' });
  });

  test('are over when the stream is archived, and in its threads too', async () => {
    const thread = await createThread(app, ada, { streamId: stream.id, eventId: at(0).id });
    const { event } = await postEvent(app, ada, { streamId: thread.stream.id, text: 'Below', mentions: [] });
    const [below = ''] = await putEpochs(app, thread.stream, [{ from: event, to: event }]);
    await archiveStream(app, ada, { streamId: stream.id });
    for (const attempt of [...all(ada, id(1)), ...all(ada, below)]) await refusal(attempt()).toMatchObject({ code: 'stream_archived' });
    expect((await readEpoch(app, cyd, { epochId: id(1), limit: 1 })).epoch.id).toBe(id(1));
  });

  test('are refused where the epoch has changed since it was read', async () => {
    await updateEpoch(app, ada, { epochId: id(1), label: 'Ours' });
    const late = { epochId: id(1), ifMatch: 2 };
    await refusal(mergeEpoch(app, ada, late)).toMatchObject({ code: 'precondition_failed' });
    await refusal(splitEpoch(app, ada, { ...late, eventId: at(4).id })).toMatchObject({ code: 'precondition_failed' });
    expect(rangesOf(await listed())).toHaveLength(3);
  });

  test('hold when the queue of the index is down: the epoch is found waiting', async () => {
    const down = {
      ...app,
      queues: { ...app.queues, sendLater: () => Promise.reject(new Error('connect ECONNREFUSED')) },
    };
    expect(await updateEpoch(down, ada, { epochId: id(0), label: 'Ours' })).toMatchObject({ label: 'Ours', indexed: false });
  });

  test('take a fixed number of statements', async () => {
    const counted = (work: () => Promise<unknown>) => countStatements(app, work);
    // The transaction, and that what was promised was sent, are two of each.
    expect(await counted(() => updateEpoch(app, ada, { epochId: id(0), label: 'Ours' }))).toBe(8);
    expect(await counted(() => mergeEpoch(app, ada, { epochId: id(1) }))).toBe(12);
    expect(await counted(() => splitEpoch(app, ada, { epochId: id(0), eventId: at(2).id }))).toBe(11);
  });
});
