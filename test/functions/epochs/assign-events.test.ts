import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Epoch } from '../../../contract/epoch.ts';
import type { EpochsFrame } from '../../../contract/frames.ts';
import { ClientEventId } from '../../../contract/ids.ts';
import type { Stream } from '../../../contract/stream.ts';
import { EmbeddingFailed } from '../../../functions/embeddings/embedder.ts';
import type { Embedder } from '../../../functions/embeddings/embedder.ts';
import { localEmbedder } from '../../../functions/embeddings/local-embedder.ts';
import { listEpochs } from '../../../functions/epochs/epochs/list-epochs.ts';
import { setBarrier } from '../../../functions/epochs/cutting/set-barrier.ts';
import { updateMemorySettings } from '../../../functions/epochs/settings/memory-settings.ts';
import type { UserCaller } from '../../../functions/platform/authenticate.ts';
import { deleteEvent } from '../../../functions/streams/events/delete-event.ts';
import { editEvent } from '../../../functions/streams/events/edit-event.ts';
import { postEvent } from '../../../functions/streams/events/post-event.ts';
import { aChannel, aMember, aWorkspace, createTestApp } from '../../support/app.ts';
import type { TestApp } from '../../support/app.ts';
import { createMemoryWorker } from '../../support/memory-worker.ts';
import type { MemoryWorker } from '../../support/memory-worker.ts';

let app: TestApp;
let worker: MemoryWorker;
let ada: UserCaller;
let bob: UserCaller;
let stream: Stream;
let names = 0;

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
  stream = await aChannel(app, ada, `room-${++names}`);
});

const payments = [
  'The payments webhook fires twice for some invoices',
  'Stripe retries the webhook when our handler is slow, so the same invoice is charged again',
  'We need an idempotency key on the payments handler',
  'I store the key with the invoice, then the second webhook finds it and does nothing',
  'Good, the webhook handler with idempotency keys is deployed to staging',
];
const office = [
  'Has anybody measured the new office? The desks arrive on Monday',
  'The floor plan says twelve desks and two meeting rooms on the third floor',
  'Movers bring the desks and chairs at nine, somebody has to open the building',
  'I can open the building for the movers, I have the key card of the third floor',
];

/** Says something, a minute after what was said before. */
async function say(text: string, who: UserCaller = ada, secondsLater = 60): Promise<Awaited<ReturnType<typeof postEvent>>['event']> {
  app.time = new Date(app.time.getTime() + secondsLater * 1000);
  const { event } = await postEvent(app, who, {
    streamId: stream.id,
    eventType: 'message',
    text,
    mentions: [],
    clientEventId: ClientEventId.parse(crypto.randomUUID()),
  });
  return event;
}
async function sayAll(texts: readonly string[]): Promise<void> {
  for (const [index, text] of texts.entries()) await say(text, index % 2 === 0 ? ada : bob);
}
const nudge = () => worker.assign({ kind: 'stream', workspaceId: ada.workspaceId, streamId: stream.id });
const epochs = async (): Promise<Epoch[]> => (await listEpochs(app, ada, { streamId: stream.id, limit: 200 })).items.toReversed();
const shape = (list: readonly Epoch[]) =>
  list.map(({ firstSeq, lastSeq, status, barrier, messageCount }) => ({ firstSeq, lastSeq, status, barrier, messageCount }));
const frames = (): EpochsFrame[] =>
  app.sent
    .map(({ body }) => body as { kind: string; frame: EpochsFrame })
    .flatMap(({ kind, frame }) => (kind === 'derived' && frame.op === 'epochs' ? [frame] : []));

describe('a stream is cut', () => {
  it('where the subject changes', async () => {
    await sayAll([...payments, ...office]);
    await nudge();
    const [first, second, ...others] = await epochs();
    expect(others).toEqual([]);
    expect(first).toMatchObject({ status: 'closed', barrier: 'drift', messageCount: payments.length, snippet: payments[0] });
    expect(second).toMatchObject({ status: 'open', barrier: null, messageCount: office.length, snippet: office[0] });
  });

  it('where nobody spoke for a while, and not where a clock ran backwards', async () => {
    await say('The crash of the mobile app is in the login screen');
    await say('The login screen crash comes from an empty token', bob, -3_600);
    await say('An empty token in the login screen, I see', ada, 3_600);
    await nudge();
    expect(await epochs()).toHaveLength(1);
    await say('Login screen crash, empty token: fixed', ada, 31 * 60);
    await nudge();
    expect(shape(await epochs())).toMatchObject([
      { barrier: 'gap', messageCount: 3 },
      { status: 'open', messageCount: 1 },
    ]);
  });

  it('where somebody says so, with the label that they gave, before the next message', async () => {
    await sayAll(payments.slice(0, 3));
    await nudge();
    await setBarrier(app, bob, { streamId: stream.id, label: 'The party' });
    await nudge();
    expect(shape(await epochs())).toMatchObject([{ status: 'closed', barrier: 'manual', messageCount: 3 }]);
    await say(payments[3] ?? '');
    await nudge();
    expect(await epochs()).toMatchObject([{ barrier: 'manual' }, { status: 'open', label: 'The party', labelSource: 'member' }]);
  });

  it('where it has grown too large, and in the way the stream is set', async () => {
    await updateMemorySettings(app, ada, { streamId: stream.id, maxMessages: 10, sensitivity: 'off' });
    for (let i = 0; i < 23; i++) await say(`The build of module number ${i} is green`, ada, 1);
    await nudge();
    expect(shape(await epochs())).toMatchObject([
      { barrier: 'size', messageCount: 10 },
      { barrier: 'size', messageCount: 10 },
      { status: 'open', messageCount: 3 },
    ]);
  });

  it('when nobody goes on, by the minutely look, which asks the database only when something is due', async () => {
    await sayAll(payments.slice(0, 2));
    await nudge();
    app.time = new Date(app.time.getTime() + 29 * 60_000);
    const asked = worker.statements;
    await worker.flush();
    expect(worker.statements).toBe(asked);
    app.time = new Date(app.time.getTime() + 2 * 60_000);
    await worker.flush();
    await worker.settle();
    expect(shape(await epochs())).toMatchObject([{ status: 'closed', barrier: 'idle', messageCount: 2 }]);
    app.time = new Date(app.time.getTime() + 3 * 60_000);
    await worker.flush();
    await worker.settle();
    app.time = new Date(app.time.getTime() + 24 * 3_600_000);
    const before = worker.statements;
    await worker.flush();
    expect(worker.statements).toBe(before);
  });
});

describe('nudges', () => {
  it('change nothing when they come twice, late, together, or at any time: the epochs are those of one look at the end', async () => {
    const texts = [...payments, ...office, ...payments.slice(1, 3)];
    await sayAll(texts);
    await nudge();
    const once = shape(await epochs());
    stream = await aChannel(app, ada, `again-${names}`);
    app.time = new Date('2026-11-20T12:00:00Z');
    for (const [index, text] of texts.entries()) {
      await say(text, index % 2 === 0 ? ada : bob);
      if (index % 3 !== 1) await Promise.all([nudge(), nudge()]);
      if (index % 4 === 0) await nudge();
    }
    await nudge();
    const offset = (once[0]?.firstSeq ?? 0) - ((await epochs())[0]?.firstSeq ?? 0);
    expect(
      shape(await epochs()).map((epoch) => ({ ...epoch, firstSeq: epoch.firstSeq + offset, lastSeq: epoch.lastSeq + offset })),
    ).toEqual(once);
  });

  it('leave no event out and put none into two epochs', async () => {
    await sayAll([...office, ...payments]);
    await Promise.all([nudge(), nudge(), nudge()]);
    const list = await epochs();
    for (const [index, epoch] of list.entries()) expect(epoch.firstSeq).toBeGreaterThan(list[index - 1]?.lastSeq ?? 0);
    expect(list.reduce((sum, { messageCount }) => sum + messageCount, 0)).toBe(office.length + payments.length);
  });

  it('tell the room only what opened or closed, each with the revision it follows', async () => {
    await say(payments[0] ?? '');
    await nudge();
    await say(payments[1] ?? '');
    await nudge();
    expect(frames()).toMatchObject([{ from: 0, rev: 1, items: [{ status: 'open' }], partial: false }]);
    await say('Lunch: who wants noodles?', bob, 3_600);
    await nudge();
    expect(frames().at(-1)).toMatchObject({ from: 1, rev: 2, items: [{ status: 'closed', barrier: 'gap' }, { status: 'open' }] });
  });

  it('take five statements where there is nothing new, and seven where there is', async () => {
    await sayAll(payments.slice(0, 2));
    await nudge();
    const before = worker.statements;
    await nudge();
    expect(worker.statements - before).toBe(5);
    await say(payments[2] ?? '');
    const asked = worker.statements;
    await nudge();
    expect(worker.statements - asked).toBe(7);
  });
});

describe('with a provider of embeddings', () => {
  /** Subjects of the texts, as an embedder with knowledge of the language finds them. */
  const meanings = [/red|green|blue|paint/i, /soup|bread|cheese|lunch/i];
  const knowing: Embedder = {
    ...localEmbedder,
    model: 'double-1',
    dimension: 8,
    isOffline: false,
    embed: async (texts) =>
      texts.map((text) => Float32Array.from({ length: 8 }, (_, at) => (meanings[at]?.test(text) === true ? 1 : 0.05))),
  };
  const verbs = ['suits', 'covers', 'warms', 'frames', 'hides', 'marks', 'brightens', 'fills', 'divides', 'tops', 'softens', 'joins'];
  const colours = ['wall', 'door', 'window', 'hall', 'roof', 'stairs', 'cellar', 'garage', 'fence', 'bench', 'attic', 'gate'].map(
    (place, at) => `${['Red', 'Green', 'Blue'][at % 3]} ${verbs[at]} the ${place}`,
  );
  const food = ['Soup stands in the kitchen', 'Bread comes from the corner', 'Cheese lies in the fridge', 'Lunch begins at noon'];

  it('what messages mean decides with their words', async () => {
    await sayAll([...colours, ...food]);
    await nudge();
    expect(await epochs()).toHaveLength(1);
    stream = await aChannel(app, ada, `meanings-${names}`);
    app.index.using = knowing;
    for (const text of [...colours, ...food]) {
      await say(text);
      await nudge();
    }
    expect(shape(await epochs())).toMatchObject([{ barrier: 'drift', messageCount: colours.length }, { messageCount: food.length }]);
  });

  it('that is away, what was just said waits, and its epochs are those that they would have been', async () => {
    const away: Embedder = { ...knowing, embed: () => Promise.reject(new EmbeddingFailed('unavailable', 'Away')) };
    for (const [at, text] of [...colours, ...food].entries()) {
      app.index.using = at < 5 ? knowing : away;
      await say(text, ada, 10);
      await nudge();
    }
    expect((await epochs()).reduce((sum, { messageCount }) => sum + messageCount, 0)).toBe(5);
    app.index.using = knowing;
    app.time = new Date(app.time.getTime() + 2 * 60_000);
    await worker.flush();
    await worker.settle();
    expect(shape(await epochs())).toMatchObject([{ barrier: 'drift', messageCount: colours.length }, { messageCount: food.length }]);
  });

  it('that stays away, the words decide in the end', async () => {
    app.index.using = { ...knowing, embed: () => Promise.reject(new EmbeddingFailed('unavailable', 'Away')) };
    await sayAll([...payments, ...office]);
    await nudge();
    expect(await epochs()).toEqual([]);
    app.time = new Date(app.time.getTime() + 31 * 60_000);
    await worker.flush();
    await worker.settle();
    expect(shape(await epochs())).toMatchObject([{ barrier: 'drift', messageCount: payments.length }, { messageCount: office.length }]);
  });
});

describe('a worker that dies', () => {
  it('at any statement and any message that it sends leaves nothing out and nothing twice', async () => {
    const texts = [...payments, ...office];
    let died = 0;
    for (let at = 1; ; at++) {
      stream = await aChannel(app, ada, `mortal-${names}-${at}`);
      await sayAll(texts.slice(0, 4));
      await nudge();
      await sayAll(texts.slice(4));
      worker.dieAt(at);
      const outcome = await nudge().then(
        () => 'lived',
        () => 'died',
      );
      worker.dieAt(0);
      if (outcome === 'died') died++;
      // The queue hands the message out again; what the dead had sent is handled too.
      await nudge();
      await worker.settle();
      app.time = new Date(app.time.getTime() + 3 * 60_000);
      await worker.flush();
      await worker.settle();
      expect(await epochs()).toMatchObject([
        { barrier: 'drift', messageCount: payments.length, indexed: true },
        { status: 'open', messageCount: office.length },
      ]);
      if (outcome === 'lived' && at > 12) break;
    }
    expect(died).toBeGreaterThan(6);
  });
});

describe('what is changed afterwards', () => {
  it('has a closed epoch indexed again, whether edited or deleted, and an open one not', async () => {
    const [first] = [await say(payments[0] ?? ''), await say(payments[1] ?? '')];
    await setBarrier(app, ada, { streamId: stream.id });
    const open = await say(office[0] ?? '');
    await worker.remember(stream);
    const [before] = await epochs();
    expect(before).toMatchObject({ indexed: true, messageCount: 2 });
    await editEvent(app, ada, { streamId: stream.id, eventId: first.id, text: 'The invoices are sent twice' });
    await editEvent(app, ada, { streamId: stream.id, eventId: open.id, text: 'Who measured the office?' });
    await nudge();
    expect(app.memoryMessages.filter(({ body }) => (body as { kind: string }).kind === 'epoch')).toHaveLength(1);
    expect((await epochs())[0]).toMatchObject({ indexed: false });
    await worker.settle();
    expect((await epochs())[0]).toMatchObject({ indexed: true, snippet: 'The invoices are sent twice' });
    await deleteEvent(app, ada, { streamId: stream.id, eventId: first.id });
    await worker.remember(stream);
    expect((await epochs())[0]).toMatchObject({ indexed: true, messageCount: 1, snippet: payments[1] });
  });
});

describe('anything that people and bots say', () => {
  const languages = [
    '你好，今天的部署失败了',
    'こんにちは、デプロイが失敗しました',
    'שלום, הפריסה נכשלה',
    'สวัสดี การปรับใช้ล้มเหลว',
    'नमस्ते',
    '👍',
    '🎉🎉🎉',
    '   .   ',
    '```\nError: boom\n    at x (y.js:1:2)\n```',
    'https://example.com/a?b=c',
    `${'x'.repeat(15_000)} end`,
  ];
  it('is cut without a word said about it', async () => {
    for (const text of languages) await say(text, ada, 5);
    await worker.remember(stream);
    const list = await epochs();
    expect(list.reduce((sum, { messageCount }) => sum + messageCount, 0)).toBe(languages.length);
  });

  it('as one line over and over again stays in few epochs', async () => {
    for (let i = 0; i < 60; i++) await say('Heartbeat: all systems nominal', ada, 1);
    await worker.remember(stream);
    expect(await epochs()).toHaveLength(1);
  });
});
