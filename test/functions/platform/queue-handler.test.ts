import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';
import * as z from 'zod';
import { metric } from '../../../contract/names.ts';
import { log } from '../../../functions/platform/log.ts';
import { metrics } from '../../../functions/platform/metrics.ts';
import { PartialFailure, fifoQueueHandler, queueHandler } from '../../../functions/platform/queue-handler.ts';
import { createRedelivery } from '../../../functions/platform/queues/redelivery.ts';
import { startQueues } from '../../local/sqs/queues.ts';

log.setLogLevel('SILENT');
let counted: [string, number | undefined][];
beforeEach(() => {
  counted = [];
  jest.spyOn(metrics, 'count').mockImplementation((name, value) => void counted.push([name, value]));
});
afterEach(() => void jest.restoreAllMocks());
const Message = z.object({ n: z.int() });

/** Runs a queue without order over these bodies: returns the handled ones, the redelivered ones, and those redelivered sooner. */
async function run(bodies: readonly string[], work: (n: number) => Promise<void>, hasten = async () => undefined as void) {
  const hastened: string[] = [];
  const aside: string[] = [];
  const worked: number[] = [];
  const redelivery = {
    setAside: async ({ messageId }: SQSRecord) => void aside.push(messageId),
    async hasten(records: readonly SQSRecord[]) {
      hastened.push(...records.map(({ messageId }) => messageId));
      await hasten();
    },
  };
  const handler = queueHandler(Message, redelivery, async ({ n }) => {
    await work(n);
    worked.push(n);
  });
  const Records = bodies.map((body, i) => ({ messageId: `m${i}`, body, attributes: {} })) as unknown as SQSRecord[];
  const { batchItemFailures } = await handler({ Records }, { awsRequestId: 'r' } as never);
  return { worked, again: batchItemFailures.map(({ itemIdentifier }) => itemIdentifier), hastened, aside };
}

describe('a queue without order', () => {
  const bodies = [1, 2, 3].map((n) => JSON.stringify({ n }));

  test('redelivers failed messages only, and soon', async () => {
    const work = async (n: number) => {
      if (n === 2) throw new Error('no');
    };
    expect(await run(bodies, work)).toEqual({ worked: [1, 3], again: ['m1'], hastened: ['m1'], aside: [] });
  });

  test('works on one message at a time', async () => {
    let underWay = 0;
    await run(bodies, async () => {
      expect(++underWay).toBe(1);
      await new Promise(setImmediate);
      underWay--;
    });
  });

  test('sets invalid messages aside, and handles the rest', async () => {
    const outcome = await run(['{"n":"x"}', 'nonsense', '{"n":4}', 'nonsense'], async () => undefined);
    expect(outcome).toEqual({ worked: [4], again: [], hastened: [], aside: ['m0', 'm1', 'm3'] });
    expect(counted).toEqual(Array.from({ length: 3 }, () => [metric.messagesUnreadable, undefined]));
  });

  test('reports failures even if redelivery cannot be hastened', async () => {
    const fail = () => Promise.reject(new Error('no'));
    expect(await run(bodies.slice(0, 1), fail, fail)).toMatchObject({ again: ['m0'] });
  });
});

/** Runs a FIFO queue over `[group, body]` pairs, where `broken` fails each copy to the dead-letter queue. */
async function runFifo(pairs: readonly (readonly [string, string])[], work: (n: number) => Promise<void>, broken = false) {
  const worked: number[] = [];
  const aside: string[] = [];
  const hastened: string[] = [];
  const redelivery = {
    hasten: async (records: readonly SQSRecord[]) => void hastened.push(...records.map(({ messageId }) => messageId)),
    async setAside({ messageId }: SQSRecord) {
      if (broken) throw new Error('no dead-letter queue');
      aside.push(messageId);
    },
  };
  const handler = fifoQueueHandler(Message, redelivery, async (messages) => {
    for (const [index, { n }] of messages.entries()) {
      await work(n).catch((error: unknown) => {
        throw new PartialFailure(index, error);
      });
      worked.push(n);
    }
  });
  const Records = pairs.map(([MessageGroupId, body], i) => ({ messageId: `m${i}`, body, attributes: { MessageGroupId } }));
  const { batchItemFailures } = await handler({ Records: Records as unknown as SQSRecord[] }, { awsRequestId: 'r' } as never);
  return {
    worked: worked.toSorted((a, b) => a - b),
    again: batchItemFailures.map(({ itemIdentifier }) => itemIdentifier),
    hastened,
    aside,
  };
}

describe('a FIFO queue', () => {
  const good = (n: number) => JSON.stringify({ n });
  const fine = async () => undefined;

  test.each(['nonsense', '{"n":"x"}', '', '{}', 'null'])(
    'sets %j aside, and handles what is before and behind it in its group',
    async (bad) => {
      const outcome = await runFifo(
        [
          ['a', good(1)],
          ['a', bad],
          ['a', good(2)],
          ['b', good(3)],
        ],
        fine,
      );
      expect(outcome).toEqual({ worked: [1, 2, 3], again: [], hastened: [], aside: ['m1'] });
      expect(counted).toEqual([[metric.messagesUnreadable, undefined]]);
    },
  );

  test('does not redeliver good messages before one that fails, with unreadable ones between them', async () => {
    const outcome = await runFifo(
      [
        ['a', 'nonsense'],
        ['a', good(1)],
        ['a', 'nonsense'],
        ['a', good(2)],
        ['a', good(3)],
      ],
      (n) => (n === 2 ? Promise.reject(new Error('no')) : fine()),
    );
    expect(outcome).toEqual({ worked: [1], again: ['m3', 'm4'], hastened: ['m3', 'm4'], aside: ['m0', 'm2'] });
  });

  test('keeps an unreadable message in the queue when it cannot be set aside, and handles the others', async () => {
    const outcome = await runFifo(
      [
        ['a', good(1)],
        ['a', 'nonsense'],
        ['a', good(2)],
      ],
      fine,
      true,
    );
    expect(outcome).toEqual({ worked: [1, 2], again: ['m1'], hastened: ['m1'], aside: [] });
  });

  test('does not call the worker for a group without a readable message', async () => {
    let calls = 0;
    const redelivery = { hasten: async () => undefined, setAside: async () => undefined };
    const handler = fifoQueueHandler(Message, redelivery, async () => void calls++);
    const Records = [{ messageId: 'm0', body: 'nonsense', attributes: { MessageGroupId: 'a' } }] as unknown as SQSRecord[];
    expect(await handler({ Records }, { awsRequestId: 'r' } as never)).toEqual({ batchItemFailures: [] });
    expect(calls).toBe(0);
  });
});

describe('a message that is set aside', () => {
  test.each(['work-dead', 'rooms-dead.fifo'])('stands in the dead-letter queue %s with its body, once', async (name) => {
    const running = await startQueues();
    try {
      const redelivery = createRedelivery(running.client, running.url(name));
      const record = { messageId: 'm0', body: 'nonsense', attributes: { MessageGroupId: 'room' } } as unknown as SQSRecord;
      await redelivery.setAside(record);
      if (name.endsWith('.fifo')) await redelivery.setAside(record);
      const QueueUrl = running.url(name);
      const receive = new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, MessageSystemAttributeNames: ['All'] });
      const { Messages = [] } = await running.client.send(receive);
      expect(Messages.map(({ Body }) => Body)).toEqual(['nonsense']);
      expect(Messages[0]?.Attributes?.['MessageGroupId']).toBe(name.endsWith('.fifo') ? 'room' : undefined);
    } finally {
      await running.stop();
    }
  });
});
