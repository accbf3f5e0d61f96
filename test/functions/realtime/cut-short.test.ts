import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { BatchWriteItemCommand, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import type { SQSRecord } from 'aws-lambda';
import { room as roomName } from '../../../contract/frames.ts';
import type { ServerFrame } from '../../../contract/frames.ts';
import { newId } from '../../../contract/ids.ts';
import { fifoQueueHandler } from '../../../functions/platform/queue-handler.ts';
import { FanOutMessage } from '../../../contract/messages/fan-out.ts';
import type { Connections } from '../../../functions/realtime/connections.ts';
import { fanOut } from '../../../functions/realtime/fan-out.ts';
import type { FanOutApp } from '../../../functions/realtime/fan-out.ts';
import type { Frame, PostOutcome } from '../../../functions/realtime/sockets.ts';
import { createTestConnections } from '../../support/connections.ts';

/** Sockets of the large room: more than a worker posts to between two stored cursors. */
const size = 2_500;
const workspaceId = newId('workspace');
const [largeRoom, smallRoom] = [roomName.stream(workspaceId, newId('stream')), roomName.stream(workspaceId, newId('stream'))];
const [large, small] = [idsOf('large', size), idsOf('small', 5)];

let registry: Awaited<ReturnType<typeof createTestConnections>>;
/** Positions that each connection received, in the order received. */
const shown = new Map<string, number[]>();
/** Hook before each post; its errors act as errors of the callback address. */
let beforePost: (connectionId: string) => void | Promise<void> = () => undefined;
const sockets = {
  async post(connectionId: string, { bytes }: Frame): Promise<PostOutcome> {
    await beforePost(connectionId);
    const frame = JSON.parse(new TextDecoder().decode(bytes)) as ServerFrame;
    const positions = frame.op === 'evs' ? frame.items.map(({ seq }) => seq) : frame.op === 'ev' ? [frame.seq] : [];
    shown.set(connectionId, [...(shown.get(connectionId) ?? []), ...positions]);
    return 'taken';
  },
  close: async () => undefined,
};

/** Writes subscriptions directly to the table: subscribing one by one would take longer than all tests. */
async function seed(name: string, connectionIds: readonly string[]): Promise<void> {
  const expiresAt = { N: String(Math.floor(Date.now() / 1000) + 3_600) };
  const puts = connectionIds.map((id) => ({
    PutRequest: { Item: { pk: { S: `room#${name}` }, sk: { S: `conn#${id}` }, userId: { S: 'ada' }, mark: { S: 'm' }, expiresAt } },
  }));
  for (let start = 0; start < puts.length; start += 25)
    await registry.client.send(new BatchWriteItemCommand({ RequestItems: { connections: puts.slice(start, start + 25) } }));
}

function idsOf(name: string, count: number): string[] {
  return Array.from({ length: count }, (_, i) => `${name}${String(i).padStart(5, '0')}=`);
}

/** Creates a worker with pages of 1,000 connections, the size for a table with larger items. */
function aWorker(connections: Partial<Connections> = {}): FanOutApp {
  return {
    clock: { now: () => new Date() },
    log: { info: () => undefined, warn: () => undefined, error: () => undefined } as unknown as FanOutApp['log'],
    metrics: { count: () => undefined, milliseconds: () => undefined, flush: () => undefined },
    connections: {
      listRoom: inPages,
      storeProgress: (...given: Parameters<Connections['storeProgress']>) => registry.connections.storeProgress(...given),
      findProgress: (...given: Parameters<Connections['findProgress']>) => registry.connections.findProgress(...given),
      ...connections,
    } as Connections,
    sockets,
    drafts: { clear: async () => undefined },
    nudges: { after: async () => undefined },
  };
}

async function* inPages(name: string, after?: string): AsyncGenerator<string[]> {
  const all = (await Array.fromAsync(registry.connections.listRoom(name, after))).flat();
  for (let start = 0; start < all.length; start += 1_000) yield all.slice(start, start + 1_000);
}

const item = (room: string, seq: number): FanOutMessage =>
  FanOutMessage.parse({
    kind: 'item',
    room,
    gen: 'g',
    committedAt: '2026-11-20T12:00:00.000Z',
    item: { seq, type: 'stream:member:removed', at: '2026-11-20T12:00:00.000Z', actor: 'ada', data: { streamId: newId('stream') } },
  });

const twice = () => [...shown.values()].filter((positions) => new Set(positions).size < positions.length).length;

beforeAll(async () => {
  registry = await createTestConnections({ now: () => new Date() });
  await seed(largeRoom, large);
  await seed(smallRoom, small);
});
afterAll(() => registry.stop());
let nextSeq = 1;
let seq = 0;
beforeEach(() => {
  seq = nextSeq++ * 10;
  shown.clear();
  beforePost = () => undefined;
});

describe('a post that fails', () => {
  test('once, in the middle of a page, is retried after the others; no connection gets the frame twice', async () => {
    let failures = 0;
    beforePost = (connectionId) => {
      if (connectionId === large[500] && failures++ === 0) throw new Error('socket hang up');
    };
    await fanOut(aWorker(), [item(largeRoom, seq)]);
    expect(shown.size).toBe(size);
    expect(twice()).toBe(0);
    expect(failures).toBe(2);
  });

  test('permanently fails the batch after all others; the redelivery posts to that connection alone', async () => {
    const broken = large[500] as string;
    beforePost = (connectionId) => {
      if (connectionId === broken) throw new Error('socket hang up');
    };
    const messages = [item(largeRoom, seq), item(largeRoom, seq + 1)];
    await expect(fanOut(aWorker(), messages)).rejects.toMatchObject({ index: 0 });
    expect(shown.size).toBe(size - 1);
    beforePost = () => undefined;
    await fanOut(aWorker(), messages, true);
    expect(shown.get(broken)).toEqual([seq, seq + 1]);
    expect(shown.size).toBe(size);
    expect(twice()).toBe(0);
  });

  test('after hanging is left to the redelivery: a second try would outlast the worker', async () => {
    const hanging = small[2] as string;
    let tries = 0;
    beforePost = async (connectionId) => {
      if (connectionId !== hanging) return;
      tries++;
      await new Promise((resolve) => setTimeout(resolve, 5_100));
      throw new Error('no answer');
    };
    await expect(fanOut(aWorker(), [item(smallRoom, seq)])).rejects.toMatchObject({ index: 0 });
    expect([tries, shown.size]).toEqual([1, small.length - 1]);
    beforePost = () => undefined;
    await fanOut(aWorker(), [item(smallRoom, seq)], true);
    expect([shown.size, twice()]).toEqual([small.length, 0]);
  });

  test('for every connection stops soon, and the redelivery skips no connection', async () => {
    let posts = 0;
    beforePost = () => {
      posts++;
      throw new Error('connect ECONNREFUSED');
    };
    await expect(fanOut(aWorker(), [item(largeRoom, seq)])).rejects.toMatchObject({ index: 0 });
    expect(posts).toBeLessThan(200);
    beforePost = () => undefined;
    await fanOut(aWorker(), [item(largeRoom, seq)], true);
    expect(shown.size).toBe(size);
    expect(twice()).toBe(0);
  });
});

describe('a worker that dies', () => {
  /** Lets this many posts succeed, then no post ever ends, as in a function whose time is up. */
  async function dieAfter(taken: number, messages: readonly FanOutMessage[]): Promise<void> {
    const died = Promise.withResolvers<void>();
    beforePost = () => {
      if (taken-- > 0) return;
      died.resolve();
      return new Promise(() => undefined);
    };
    void fanOut(aWorker(), messages);
    await died.promise;
    // Requests already sent still complete.
    await registry.client.send(new ListTablesCommand({}));
    beforePost = () => undefined;
  }

  test('after half of a room: the redelivery repeats the part behind the last cursor and skips no connection', async () => {
    await dieAfter(1_900, [item(largeRoom, seq)]);
    const before = shown.size;
    await fanOut(aWorker(), [item(largeRoom, seq)], true);
    expect(before).toBeLessThan(size);
    expect(shown.size).toBe(size);
    // Connections after the last stored cursor, and those with a post under way.
    expect(twice()).toBeLessThanOrEqual(1_000 + 64);
    expect(twice()).toBeGreaterThan(0);
  });

  test('lets later items start with the first connection, behind the earlier items', async () => {
    await dieAfter(1_900, [item(largeRoom, seq)]);
    await fanOut(aWorker(), [item(largeRoom, seq), item(largeRoom, seq + 1)], true);
    for (const id of large) {
      const positions = shown.get(id) ?? [];
      expect([...new Set(positions)]).toEqual([seq, seq + 1]);
      expect(positions.at(-1)).toBe(seq + 1);
    }
  });

  test('leaves no progress for a batch of another log or other positions', async () => {
    await dieAfter(1_900, [item(largeRoom, seq)]);
    shown.clear();
    await fanOut(aWorker(), [{ ...item(largeRoom, seq), gen: 'other' } as FanOutMessage], true);
    expect(shown.size).toBe(size);
    shown.clear();
    await fanOut(aWorker(), [item(largeRoom, seq + 1)], true);
    expect(shown.size).toBe(size);
  });

  test('causes no skipped connection for a position published late, behind later positions', async () => {
    const broken = large[1_500] as string;
    beforePost = (connectionId) => {
      if (connectionId === broken) throw new Error('socket hang up');
    };
    const [first, last] = [item(largeRoom, seq), item(largeRoom, seq + 2)];
    await expect(fanOut(aWorker(), [first, last])).rejects.toMatchObject({ index: 0 });
    beforePost = () => undefined;
    await fanOut(aWorker(), [first, last, item(largeRoom, seq + 1)], true);
    expect(new Set([...shown.values()].map((positions) => positions.join()))).toEqual(new Set([[seq, seq + 2, seq + 1].join()]));
    expect(shown.size).toBe(size);
  });

  test('causes no skipped connection among those opened since', async () => {
    await dieAfter(1_900, [item(largeRoom, seq)]);
    const late = { connectionId: 'large99999=', workspaceId, userId: 'bob' };
    await registry.connections.add(late);
    await registry.connections.subscribe(late, [largeRoom], 50, 1);
    await fanOut(aWorker(), [item(largeRoom, seq)], true);
    expect(shown.get(late.connectionId)).toEqual([seq]);
    await registry.connections.remove(late.connectionId);
  });
});

describe('the list of a room', () => {
  test('that fails at its second page is read again from there', async () => {
    let failures = 0;
    const starts: (string | undefined)[] = [];
    const listRoom = async function* (name: string, after?: string) {
      starts.push(after);
      for await (const page of inPages(name, after)) {
        yield page;
        if (failures++ === 0) throw new Error('DynamoDB: InternalServerError');
      }
    };
    await fanOut(aWorker({ listRoom }), [item(largeRoom, seq)]);
    expect(starts).toEqual([undefined, large[999]]);
    expect(shown.size).toBe(size);
    expect(twice()).toBe(0);
  });

  test('that stays unreadable fails the batch; the redelivery resumes behind the delivered pages', async () => {
    const listRoom = async function* (name: string, after?: string) {
      if (after !== undefined) throw new Error('DynamoDB: InternalServerError');
      for await (const page of inPages(name)) {
        yield page;
        throw new Error('DynamoDB: InternalServerError');
      }
    };
    await expect(fanOut(aWorker({ listRoom }), [item(largeRoom, seq)])).rejects.toMatchObject({ index: 0 });
    expect(shown.size).toBe(1_000);
    await fanOut(aWorker(), [item(largeRoom, seq)], true);
    expect(shown.size).toBe(size);
    expect(twice()).toBe(0);
  });

  test('resumes behind a connection that is gone, in the same order', async () => {
    const all = (await Array.fromAsync(registry.connections.listRoom(smallRoom))).flat();
    expect(all).toEqual(small);
    await registry.connections.remove(small[1] as string, smallRoom);
    expect((await Array.fromAsync(registry.connections.listRoom(smallRoom, small[1]))).flat()).toEqual(small.slice(2));
  });
});

describe('a redelivered batch', () => {
  test('without an interruption is posted to every connection again: delivery is at least once', async () => {
    await fanOut(aWorker(), [item(smallRoom, seq)]);
    const readers = shown.size;
    await fanOut(aWorker(), [item(smallRoom, seq)], true);
    expect(twice()).toBe(readers);
  });

  test('is posted to every connection when its progress cannot be read', async () => {
    await fanOut(aWorker({ findProgress: () => Promise.reject(new Error('DynamoDB: ThrottlingException')) }), [item(smallRoom, seq)], true);
    expect(shown.size).toBeGreaterThan(0);
  });

  test('writes no progress in a small room, and a first delivery reads none', async () => {
    const calls: string[] = [];
    const connections: Partial<Connections> = {
      storeProgress: async () => void calls.push('note'),
      findProgress: async () => void calls.push('find'),
    };
    await fanOut(aWorker(connections), [item(smallRoom, seq)]);
    expect(calls).toEqual([]);
    await fanOut(aWorker(connections), [item(smallRoom, seq)], true);
    expect(calls).toEqual(['find']);
    await fanOut(aWorker(connections), [item(largeRoom, seq)]);
    expect(calls.filter((call) => call === 'note').length).toBeLessThanOrEqual(size / 1_000);
  });

  test("is recognized by the queue's receive count", async () => {
    const seen: boolean[] = [];
    const redelivery = { hasten: async () => undefined, setAside: async () => undefined };
    const handler = fifoQueueHandler(FanOutMessage, redelivery, async (_, isRedelivery) => void seen.push(isRedelivery));
    const record = (group: string, ApproximateReceiveCount: string) =>
      ({
        messageId: group,
        body: JSON.stringify(item(smallRoom, seq)),
        attributes: { MessageGroupId: group, ApproximateReceiveCount },
      }) as unknown as SQSRecord;
    const Records = [record('a', '1'), record('b', '1'), record('b', '2')];
    await handler({ Records }, { awsRequestId: 'r' } as never);
    expect(seen).toEqual([false, true]);
  });
});
