import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { ListRelated, RelatedList } from '../../../contract/epoch.ts';
import type { EpochId } from '../../../contract/ids.ts';
import type { Stream } from '../../../contract/stream.ts';
import { EmbeddingFailed } from '../../../functions/embeddings/embedder.ts';
import { localEmbedder } from '../../../functions/embeddings/local-embedder.ts';
import { createDraftBudget, draftsPerMinute } from '../../../functions/epochs/related/draft-budget.ts';
import type { DraftBudget } from '../../../functions/epochs/related/draft-budget.ts';
import { createKnowledge } from '../../../functions/epochs/learning/knowledge.ts';
import type { KnowledgeSource } from '../../../functions/epochs/learning/knowledge.ts';
import { listEpochRelated, listRelated } from '../../../functions/epochs/related/list-related.ts';
import { rejectLink, restoreLink } from '../../../functions/epochs/related/reject-link.ts';
import type { UserCaller } from '../../../functions/platform/authenticate.ts';
import { inviteMembers } from '../../../functions/streams/members/invite-members.ts';
import { postEvent } from '../../../functions/streams/events/post-event.ts';
import { aChannel, aMember, aWorkspace, createTestApp } from '../../support/app.ts';
import type { TestApp } from '../../support/app.ts';
import { putEpochs, putIntoIndex, putLink } from '../../support/epochs.ts';
import { countStatements } from '../../support/statements.ts';

let app: TestApp & { readonly knowledge: KnowledgeSource; readonly draftBudget: DraftBudget };
let workspaceId: UserCaller['workspaceId'];
let ada: UserCaller;
let cyd: UserCaller;
let gus: UserCaller;
let here: Stream;
let open: Stream;
let closed: Stream;
let ids: Record<'old' | 'newest' | 'open' | 'closed', EpochId>;

/** One epoch for each text, the last one open where it is said so. */
async function put(stream: Stream, texts: readonly string[], more: { open?: true } = {}): Promise<EpochId[]> {
  const said = [];
  for (const text of texts) said.push((await postEvent(app, ada, { streamId: stream.id, text, mentions: [] })).event);
  const last = said.length - 1;
  return putEpochs(
    app,
    stream,
    said.map((event, index) => ({ from: event, to: event, ...(index === last && more) })),
  );
}

const only = ([id]: readonly EpochId[]): EpochId => {
  if (!id) throw new Error('It was put');
  return id;
};

beforeAll(async () => {
  const testApp = await createTestApp();
  app = Object.assign(testApp, { knowledge: createKnowledge(), draftBudget: createDraftBudget(testApp) });
  ({ workspaceId } = await aWorkspace(app));
  ada = await aMember(app, workspaceId, 'ada', 'owner');
  cyd = await aMember(app, workspaceId, 'cyd');
  gus = await aMember(app, workspaceId, 'gus', 'guest');
  here = await aChannel(app, ada, 'Here');
  open = await aChannel(app, ada, 'Open');
  closed = await aChannel(app, ada, 'Closed', 'private');
  await inviteMembers(app, ada, { streamId: here.id, userIds: [cyd.userId, gus.userId], role: 'member' });
  const [old, newest] = await put(here, ['Said long ago about nothing', 'The billing service does not deploy'], { open: true });
  ids = {
    old: old as EpochId,
    newest: newest as EpochId,
    open: only(await put(open, ['Billing failed to deploy: the service ran out of connections'])),
    closed: only(await put(closed, ['In secret the billing service was told to deploy elsewhere'])),
  };
  await putIntoIndex(app, workspaceId, [ids.old, ids.open, ids.closed]);
});
afterAll(() => app.test.drop());

beforeEach(async () => {
  await app.test.owner.query('delete from epoch_links');
  await putLink(app, workspaceId, { from: ids.newest, to: ids.open, score: 0.75 });
  await putLink(app, workspaceId, { from: ids.newest, to: ids.closed, score: 0.875 });
});

const related = (caller: UserCaller, more: Partial<Record<keyof ListRelated, string>> = {}, stream = here) =>
  listRelated(app, caller, { ...ListRelated.parse(more), streamId: stream.id });
const ofEpoch = async (caller: UserCaller, epochId: string, more: Partial<Record<keyof ListRelated, string>> = {}) =>
  (await listEpochRelated(app, caller, { ...ListRelated.parse(more), epochId })).items.map((item) => item.epochId);
const idsOf = ({ items }: RelatedList) => items.map(({ epochId }) => epochId);

describe('what a stream is related to', () => {
  test('is what its newest epoch is linked with, best first, exactly as the contract says', async () => {
    const answer = await related(ada);
    expect(RelatedList.parse(answer)).toEqual(answer);
    expect(answer).toMatchObject({ epochId: ids.newest, memory: 'current' });
    expect(answer.items).toMatchObject([
      { epochId: ids.closed, streamId: closed.id, streamName: 'Closed', score: 0.875, rejected: false },
      { epochId: ids.open, streamId: open.id, streamName: 'Open', score: 0.75 },
    ]);
    expect(idsOf(await related(ada, { limit: '1' }))).toEqual([ids.closed]);
  });

  test('is what the one before is linked with, as long as the newest has no links', async () => {
    await app.test.owner.query('delete from epoch_links');
    expect(await related(ada)).toEqual({ epochId: ids.newest, items: [], memory: 'current' });
    await putLink(app, workspaceId, { from: ids.old, to: ids.open, score: 0.5 });
    expect(await related(ada)).toMatchObject({ epochId: ids.old, items: [{ epochId: ids.open }] });
  });

  test('is nothing where nothing was cut', async () => {
    expect(await related(ada, {}, await aChannel(app, ada, 'Fresh'))).toEqual({ epochId: null, items: [], memory: 'current' });
  });

  test('is shown to each as far as they may see it', async () => {
    expect(idsOf(await related(cyd))).toEqual([ids.open]);
    expect(idsOf(await related(gus))).toEqual([]);
    await expect(related(cyd, {}, closed)).rejects.toMatchObject({ code: 'not_found' });
  });

  test('says that memory is behind, or off', async () => {
    const { event } = await postEvent(app, ada, { streamId: open.id, text: 'Not cut yet', mentions: [] });
    expect(await related(ada, {}, open)).toMatchObject({ memory: 'current' });
    app.time = new Date(app.time.getTime() + 61_000);
    expect(await related(ada, {}, open)).toMatchObject({ memory: 'behind' });
    await app.test.owner.query(`update epoch_cursors set settings = '{"enabled": false}' where stream_id = $1`, [open.id]);
    expect(await related(ada, {}, open)).toMatchObject({ memory: 'off' });
    await app.test.owner.query(`update epoch_cursors set settings = '{}', seq = $2 where stream_id = $1`, [open.id, event.seq]);
    expect(await related(ada, {}, open)).toMatchObject({ memory: 'current' });
  });
});

describe('what an epoch is related to', () => {
  test('is so from both sides, once', async () => {
    expect(await ofEpoch(ada, ids.newest)).toEqual([ids.closed, ids.open]);
    expect(await ofEpoch(ada, ids.open)).toEqual([ids.newest]);
    await putLink(app, workspaceId, { from: ids.open, to: ids.newest, score: 0.25 });
    expect(await ofEpoch(ada, ids.open)).toEqual([ids.newest]);
    expect(await ofEpoch(ada, ids.newest)).toEqual([ids.closed, ids.open]);
  });

  test('is shown to each as far as they may see it', async () => {
    expect(await ofEpoch(cyd, ids.newest)).toEqual([ids.open]);
    await expect(ofEpoch(cyd, ids.closed)).rejects.toMatchObject({ code: 'not_found' });
    expect(await ofEpoch(gus, ids.newest)).toEqual([]);
  });
});

describe('a link that a member rejects', () => {
  const reject = (caller: UserCaller, epochId: string, targetId: string) => rejectLink(app, caller, { epochId, targetId });

  test('is shown to nobody, from neither side, unless they ask for it', async () => {
    await reject(ada, ids.newest, ids.open);
    expect(idsOf(await related(ada))).toEqual([ids.closed]);
    expect(await ofEpoch(cyd, ids.open)).toEqual([]);
    expect((await related(cyd, { rejected: 'true' })).items).toMatchObject([{ epochId: ids.open, rejected: true }]);
  });

  test('comes back when they take it back, as it was', async () => {
    const before = await related(ada);
    await reject(ada, ids.open, ids.newest);
    await reject(ada, ids.newest, ids.open);
    await restoreLink(app, ada, { epochId: ids.open, targetId: ids.newest });
    await restoreLink(app, ada, { epochId: ids.open, targetId: ids.newest });
    expect(await related(ada)).toEqual(before);
    expect((await app.test.owner.query('select from epoch_links')).rowCount).toBe(2);
  });

  test('is rejected on both sides, also where nobody linked them; the first who said so stays', async () => {
    await reject(ada, ids.old, ids.open);
    await reject({ ...ada, userId: gus.userId }, ids.old, ids.open).catch(() => undefined);
    const { rows } = await app.test.owner.query(
      'select epoch_id, target_id, rejected_by from epoch_links where $1 in (epoch_id, target_id) order by epoch_id',
      [ids.old],
    );
    expect(rows).toEqual(
      [
        { epoch_id: ids.old, target_id: ids.open, rejected_by: 'ada' },
        { epoch_id: ids.open, target_id: ids.old, rejected_by: 'ada' },
      ].toSorted((a, b) => (a.epoch_id < b.epoch_id ? -1 : 1)),
    );
  });

  test('is one that they see both ends of, in a stream where they may correct', async () => {
    await expect(reject(cyd, ids.newest, ids.closed)).rejects.toMatchObject({ code: 'not_found' });
    await expect(reject(cyd, ids.open, ids.newest)).rejects.toMatchObject({ code: 'forbidden' });
    await expect(reject(gus, ids.newest, ids.open)).rejects.toMatchObject({ code: 'forbidden' });
    await expect(reject(ada, ids.newest, ids.newest)).rejects.toMatchObject({ code: 'not_found' });
    expect(idsOf(await related(ada))).toEqual([ids.closed, ids.open]);
  });
});

describe('what a text is related to', () => {
  const text = 'The billing service cannot deploy, no connections';

  test('is what stands out of everything that its writer may see', async () => {
    const answer = await related(ada, { text });
    expect(RelatedList.parse(answer)).toEqual(answer);
    expect(answer).toMatchObject({ epochId: null, memory: 'current' });
    expect(idsOf(answer)[0]).toBe(ids.open);
    expect(idsOf(await related(ada, { text: 'Bananas in the sun' }))).toEqual([]);
  });

  test('is shown to each as far as they may see it', async () => {
    expect(idsOf(await related(cyd, { text: 'In secret the billing service was told to deploy elsewhere' }))).not.toContain(ids.closed);
    expect(idsOf(await related(ada, { text: 'In secret the billing service was told to deploy elsewhere' }))).toContain(ids.closed);
    expect(idsOf(await related(gus, { text }))).toEqual([]);
  });

  test('is nothing when the provider or the index is away, and whoever writes is told that memory is behind', async () => {
    const behind = { epochId: null, items: [], memory: 'behind' };
    app.index.using = {
      ...localEmbedder,
      isOffline: false,
      embed: () => Promise.reject(new EmbeddingFailed('throttled', 'Too many calls')),
    };
    expect(await related(ada, { text })).toEqual(behind);
    app.index.using = localEmbedder;
    const { faults } = await app.index.qdrant();
    faults.down();
    expect(await related(ada, { text })).toEqual(behind);
    faults.down(false);
    expect(idsOf(await related(ada, { text }))).toContain(ids.open);
  });

  test('without a word in it is what the stream is related to', async () => {
    expect(await related(ada, { text: '   ' })).toEqual(await related(ada));
  });
});

test('a fixed number of statements, whatever is found', async () => {
  const counted = (work: () => Promise<unknown>) => countStatements(app, work);
  expect(await counted(() => related(ada))).toBe(4);
  expect(await counted(() => ofEpoch(ada, ids.newest))).toBe(5);
  expect(await counted(() => related(ada, { text: 'The billing service cannot deploy, no connections' }))).toBe(7);
  expect(await counted(() => rejectLink(app, ada, { epochId: ids.newest, targetId: ids.open }))).toBe(6);
});

test('a user has a number of drafts a minute, and others have their own', async () => {
  const budget = createDraftBudget(app);
  const draft = (caller: UserCaller) =>
    listRelated({ ...app, draftBudget: budget }, caller, { ...ListRelated.parse({ text: 'Bananas' }), streamId: here.id });
  for (let i = 0; i < draftsPerMinute - 1; i++) budget.take(ada);
  await draft(ada);
  const before = app.db.statements;
  await expect(draft(ada)).rejects.toMatchObject({ code: 'rate_limited', retryAfterSeconds: 60 });
  expect(app.db.statements).toBe(before);
  await draft(cyd);
  app.time = new Date(app.time.getTime() + 60_000);
  await draft(ada);
});
