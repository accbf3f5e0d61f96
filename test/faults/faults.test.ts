import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { StreamEvent } from '../../contract/event.ts';
import type { Stream } from '../../contract/stream.ts';
import type { LiveStream } from '../../client/stream/live-stream.ts';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { systemClock } from '../../functions/platform/clock.ts';
import { createConnections } from '../../functions/realtime/connections.ts';
import { Problem } from '../../contract/errors.ts';
import { room } from '../../contract/frames.ts';
import { startLocal } from '../../local/run.ts';
import type { Local } from '../../local/run.ts';
import { aPerson, eventually, texts, until } from './reader.ts';
import type { Person } from './reader.ts';
import { limit } from '../support/slowness.ts';

/** A crash, a restart or a repetition at any point is invisible to the readers of a message. */
let local: Local;
let ada: Person;
let bob: Person;
let stream: Stream;
let reader: LiveStream;
let names = 0;

beforeAll(async () => {
  local = await startLocal({ port: 0, ephemeral: true, quiet: true });
}, limit(90_000));
afterAll(() => local.stop());

beforeEach(async () => {
  ada = aPerson(local, 0);
  bob = aPerson(local, 1);
  stream = await ada.api.streams.create({ streamType: 'channel', name: `Fault ${++names}` });
  reader = bob.open(stream.id);
  await until(reader, ({ state }) => state === 'live');
});
afterEach(() => {
  ada.close();
  bob.close();
});

const token = () => local.demo?.users[0]?.token ?? '';
/** One attempt over HTTP, whatever its outcome. */
async function postOnce(text: string, clientEventId: string): Promise<{ status: number; body: unknown }> {
  const response = await fetch(`${local.baseUrl}/v1/workspaces/${stream.workspaceId}/streams/${stream.id}/events`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token()}`, 'content-type': 'application/json' },
    body: JSON.stringify({ text, clientEventId }),
  });
  return { status: response.status, body: await response.json() };
}
const post = (text: string) => ada.api.events(stream.id).post({ text, clientEventId: crypto.randomUUID() });
const fanOutQueue = () => local.nameOf('RealtimeFanOutQueueQueue');
async function expectGapless(): Promise<StreamEvent[]> {
  const { items, head } = await ada.api.events(stream.id).list({ limit: 200 });
  expect(items.map(({ seq }) => seq)).toEqual(items.map((_, i) => i + 1));
  expect(head).toBe(items.length);
  return items;
}

describe('the API dies between commit and publish', () => {
  test('the sweeper delivers, and sending again has no second effect', async () => {
    const fault = local.faults.set({ caller: 'StreamsHttp', action: 'sqs:SendMessage', when: 'before', effect: 'kill' });
    const killed = await postOnce('survives', 'the-one');
    expect(fault.hits).toBe(1);
    expect(killed.status).toBeGreaterThanOrEqual(500);
    fault.remove();
    const again = await postOnce('survives', 'the-one');
    expect(again.status).toBe(200);
    expect(texts(reader.getSnapshot())).toEqual([]);
    const swept = await eventually(
      () => local.runSchedule('OperationsEveryMinute'),
      (result) => result.ok && (result.payload as { sent: number }).sent > 0,
    );
    expect(swept).toMatchObject({ ok: true, payload: { sent: 1 } });
    const snapshot = await until(reader, ({ events }) => events.length > 0);
    await post('after');
    expect(texts(await until(reader, ({ position }) => position === 2))).toEqual(['survives', 'after']);
    expect(snapshot.events[0]?.id).toBe((again.body as StreamEvent).id);
    await expectGapless();
  });

  test('or after the queue took it: it is delivered at once, and the sweep of it is dropped', async () => {
    const fault = local.faults.set({ caller: 'StreamsHttp', action: 'sqs:SendMessage', when: 'after', effect: 'kill' });
    await postOnce('once', 'once');
    fault.remove();
    await until(reader, ({ position }) => position === 1);
    await eventually(
      () => local.runSchedule('OperationsEveryMinute'),
      (result) => result.ok && (result.payload as { sent: number }).sent > 0,
    );
    await local.queues.settled();
    expect(texts(reader.getSnapshot())).toEqual(['once']);
  });
});

describe('the fan-out worker', () => {
  test('dies in the middle of a batch: what it held comes again; each reader has each message once, in order', async () => {
    const more = [2, 3].map((i) => aPerson(local, i % 3));
    const readers = more.map((person) => person.open(stream.id));
    await Promise.all(readers.map((r) => until(r, ({ state }) => state === 'live')));
    const fault = local.faults.set({
      caller: 'RealtimeFanOut',
      action: 'execute-api:ManageConnections',
      when: 'before',
      effect: 'kill',
      skip: 1,
    });
    await post('m0');
    await fault.struck;
    fault.remove();
    for (let i = 1; i < 10; i++) await post(`m${i}`);
    local.queues.expireVisibility(fanOutQueue());
    const wanted = Array.from({ length: 10 }, (_, i) => `m${i}`);
    for (const r of [reader, ...readers]) expect(texts(await until(r, ({ position }) => position === 10))).toEqual(wanted);
    for (const person of more) person.close();
  });

  test('fails for a while: its messages come again soon, in order', async () => {
    const fault = local.faults.set({
      caller: 'RealtimeFanOut',
      action: 'execute-api:ManageConnections',
      when: 'before',
      effect: 'fail',
      times: 4,
    });
    await post('first');
    await fault.struck;
    await post('second');
    expect(texts(await until(reader, ({ position }) => position === 2))).toEqual(['first', 'second']);
    fault.remove();
  });
});

test('a message that the queue delivers twice changes nothing', async () => {
  const { id } = await post('twice');
  await until(reader, ({ position }) => position === 1);
  const event = (await expectGapless())[0];
  const item = {
    seq: 1,
    type: 'event',
    eventId: id,
    at: event?.createdAt,
    actor: event?.actorId,
    clientEventId: event?.clientEventId,
    data: event,
  };
  const body = JSON.stringify({
    kind: 'item',
    room: room.stream(stream.workspaceId, stream.id),
    gen: stream.gen,
    item,
    committedAt: event?.createdAt,
  });
  const record = {
    messageId: 'm',
    receiptHandle: 'r',
    body,
    eventSourceARN: `arn:aws:sqs:us-east-1:000000000000:${fanOutQueue()}`,
    attributes: { MessageGroupId: 'g', ApproximateReceiveCount: '2' },
  };
  expect(await local.functions.invoke('RealtimeFanOut', { Records: [record] })).toMatchObject({
    ok: true,
    payload: { batchItemFailures: [] },
  });
  await post('next');
  expect(texts(await until(reader, ({ position }) => position === 2))).toEqual(['twice', 'next']);
});

test('$disconnect never comes: the first post to the dead socket removes it', async () => {
  const name = room.stream(stream.workspaceId, stream.id);
  const env = local.functions.list().find(({ constructId }) => constructId === 'RealtimeFanOut')?.env ?? {};
  const client = new DynamoDBClient({
    endpoint: env.AWS_ENDPOINT_URL_DYNAMODB,
    region: 'us-east-1',
    credentials: { accessKeyId: env.AWS_ACCESS_KEY_ID ?? '', secretAccessKey: 'local' },
  });
  const connections = createConnections(client, env.CONNECTIONS_TABLE ?? '', systemClock);
  const listening = async () => (await Array.fromAsync(connections.listRoom(name))).flat();
  const [before] = await listening();
  expect(before).toBeDefined();
  local.sockets.drop(before ?? '', { silent: true });
  expect(await listening()).toContain(before);
  await post('to nobody');
  await eventually(listening, (ids) => !ids.includes(before ?? ''));
  client.destroy();
});

test('Postgres restarts under load: clean 503s, then everything goes on; what was acknowledged is there, once', async () => {
  const answers: { status: number; body: unknown; text: string }[] = [];
  const load = { running: true };
  const writer = async (w: number) => {
    for (let i = 0; load.running; i++) {
      const text = `w${w}.${i}`;
      const answer = await postOnce(text, text);
      answers.push({ ...answer, text });
    }
  };
  const writers = [0, 1, 2].map(writer);
  await eventually(
    async () => answers.length,
    (n) => n > 30,
  );
  await local.postgres.restart('crash');
  const after = answers.length;
  await eventually(
    async () => answers.slice(after).filter(({ status }) => status === 201).length,
    (n) => n > 30,
  );
  load.running = false;
  await Promise.all(writers);
  for (const { status, body } of answers) {
    if (status === 201 || status === 200) continue;
    expect(status).toBe(503);
    expect(Problem.parse(body)).toMatchObject({ code: 'unavailable', retry: 'after' });
  }
  const acknowledged = answers.filter(({ status }) => status < 300).map(({ text }) => text);
  const stored: string[] = [];
  for (let position = 0, more = true; more;) {
    const page = await ada.api.events(stream.id).list({ after: position, limit: 200 });
    for (const { seq, content } of page.items) {
      expect(seq).toBe(++position);
      stored.push(content?.text ?? '');
    }
    more = page.hasMore;
  }
  expect(new Set(stored).size).toBe(stored.length);
  expect(acknowledged.filter((text) => !stored.includes(text))).toEqual([]);
  await eventually(
    () => local.runSchedule('OperationsEveryMinute'),
    ({ ok }) => ok,
  );
  await until(reader, ({ position }) => position === stored.length);
  const ready = await eventually(
    async () => (await fetch(`${local.baseUrl}/ready`)).status,
    (status) => status === 200,
  );
  expect(ready).toBe(200);
});
