import { describe, expect, test } from '@jest/globals';
import type { SQSRecord } from 'aws-lambda';
import * as z from 'zod';
import { log } from '../../../functions/platform/log.ts';
import { queueHandler } from '../../../functions/platform/queue-handler.ts';

log.setLogLevel('SILENT');
const Message = z.object({ n: z.int() });

/** Runs a queue without order over these bodies: returns the handled ones, the redelivered ones, and those redelivered sooner. */
async function run(bodies: readonly string[], work: (n: number) => Promise<void>, hasten = async () => undefined as void) {
  const hastened: string[] = [];
  const worked: number[] = [];
  const redelivery = {
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
  return { worked, again: batchItemFailures.map(({ itemIdentifier }) => itemIdentifier), hastened };
}

describe('a queue without order', () => {
  const bodies = [1, 2, 3].map((n) => JSON.stringify({ n }));

  test('redelivers failed messages only, and soon', async () => {
    const work = async (n: number) => {
      if (n === 2) throw new Error('no');
    };
    expect(await run(bodies, work)).toEqual({ worked: [1, 3], again: ['m1'], hastened: ['m1'] });
  });

  test('works on one message at a time', async () => {
    let underWay = 0;
    await run(bodies, async () => {
      expect(++underWay).toBe(1);
      await new Promise(setImmediate);
      underWay--;
    });
  });

  test('fails invalid messages, and handles the rest', async () => {
    expect(await run(['{"n":"x"}', 'nonsense', '{"n":4}'], async () => undefined)).toMatchObject({ worked: [4], again: ['m0', 'm1'] });
  });

  test('reports failures even if redelivery cannot be hastened', async () => {
    const fail = () => Promise.reject(new Error('no'));
    expect(await run(bodies.slice(0, 1), fail, fail)).toMatchObject({ again: ['m0'] });
  });
});
