import { SendMessageBatchCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { MappingDefinition } from '../../../local/definitions.ts';
import { batchItemFailures } from '../../../local/sqs/mapping.ts';
import { functionArn, functionsOf, until } from '../emulators.ts';
import { fifo, standard, startQueues } from './queues.ts';

interface SqsEvent {
  Records: { messageId: string; body: string; attributes: Record<string, string>; eventSourceARN: string; md5OfBody: string }[];
}
const mapping: MappingDefinition = {
  queueArn: fifo.arn,
  functionArn: functionArn('Worker'),
  accessKeyId: 'AKIAALLOWED',
  batchSize: 10,
  reportBatchItemFailures: true,
};

let running: Awaited<ReturnType<typeof startQueues>> | undefined;
afterEach(async () => {
  await running?.stop();
  running = undefined;
});

async function start(worker: (event: SqsEvent) => unknown, more: Partial<MappingDefinition> = {}) {
  running = await startQueues({ mappings: [{ ...mapping, ...more }], functions: functionsOf({ Worker: worker }) });
  running.sqs.start();
  return running;
}
const send = (group: string, ...bodies: string[]) =>
  running?.client.send(
    new SendMessageBatchCommand({
      QueueUrl: running.url('rooms.fifo'),
      Entries: bodies.map((MessageBody, i) => ({
        Id: `${i}`,
        MessageBody,
        MessageGroupId: group,
        MessageDeduplicationId: `${group}-${MessageBody}`,
      })),
    }),
  );

/** A promise that a test resolves. */
const gate = () => Promise.withResolvers<void>();

describe('an event-source mapping', () => {
  test('delivers what was sent together as one batch, in the form of an SQS event', async () => {
    const events: SqsEvent[] = [];
    const { sqs } = await start((event) => void events.push(event));
    await send('a', '1', '2', '3');
    await sqs.settled();
    expect(events.map((event) => event.Records.map((record) => record.body))).toEqual([['1', '2', '3']]);
    expect(events[0]?.Records[0]).toMatchObject({
      messageId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      receiptHandle: expect.any(String),
      attributes: { ApproximateReceiveCount: '1', MessageGroupId: 'a', MessageDeduplicationId: 'a-1', SequenceNumber: expect.any(String) },
      messageAttributes: {},
      md5OfBody: 'c4ca4238a0b923820dcc509a6f75849b',
      eventSource: 'aws:sqs',
      eventSourceARN: fifo.arn,
      awsRegion: 'us-east-1',
    });
  });

  test('brings a message to its function about when the sender has its answer', async () => {
    let arrived = 0;
    const { client, sqs, url } = await start(() => void (arrived = performance.now()));
    const answers: number[] = [];
    const deliveries: number[] = [];
    for (let i = 0; i < 50; i++) {
      const sent = performance.now();
      const message = { MessageBody: 'x', MessageGroupId: 'a', MessageDeduplicationId: `t${i}` };
      await client.send(new SendMessageCommand({ QueueUrl: url('rooms.fifo'), ...message }));
      answers.push(performance.now() - sent);
      await sqs.settled();
      deliveries.push(arrived - sent);
    }
    const median = (values: number[]) => values.sort((one, other) => one - other)[25] as number;
    expect(median(deliveries)).toBeLessThan(median(answers) + 2);
  });

  test('works on one batch of a group at a time, and on several groups at once', async () => {
    const open = gate();
    const active = new Set<string>();
    let together = 0;
    const seen: string[] = [];
    const { sqs } = await start(async ({ Records }) => {
      const groups = [...new Set(Records.map((record) => record.attributes.MessageGroupId as string))];
      for (const group of groups) expect(active.has(group)).toBe(false);
      for (const group of groups) active.add(group);
      together = Math.max(together, active.size);
      await open.promise;
      for (const group of groups) active.delete(group);
      seen.push(...Records.map((record) => record.body));
    });
    await send('a', 'a1');
    await until('the first batch is in flight', () => active.size === 1);
    await send('a', 'a2', 'a3');
    await send('b', 'b1');
    await until('two groups are in flight', () => active.size === 2);
    open.resolve();
    await sqs.settled();
    expect(together).toBe(2);
    expect(seen.filter((body) => body.startsWith('a'))).toEqual(['a1', 'a2', 'a3']);
  });

  test('keeps to its maximum of concurrent batches', async () => {
    const open = gate();
    let active = 0;
    let most = 0;
    const { sqs } = await start(
      async () => {
        most = Math.max(most, ++active);
        await open.promise;
        active -= 1;
      },
      { maxConcurrency: 2, batchSize: 1 },
    );
    for (const group of ['a', 'b', 'c', 'd']) await send(group, '1');
    await until('two batches are in flight', () => active === 2);
    open.resolve();
    await sqs.settled();
    expect(most).toBe(2);
  });

  test('redelivers only what the function says failed, after the visibility time-out', async () => {
    const batches: string[][] = [];
    const { sqs } = await start(({ Records }) => {
      batches.push(Records.map((record) => record.body));
      const failed = batches.length === 1 ? Records.slice(1) : [];
      return { batchItemFailures: failed.map((record) => ({ itemIdentifier: record.messageId })) };
    });
    await send('a', '1', '2', '3');
    await until('the rest is in flight', () => batches.length === 1 && sqs.counts('rooms.fifo').inFlight === 2);
    sqs.expireVisibility('rooms.fifo');
    await sqs.settled();
    expect(batches).toEqual([
      ['1', '2', '3'],
      ['2', '3'],
    ]);
  });

  test('a function that throws gets the whole batch again, and then the dead-letter queue does', async () => {
    let calls = 0;
    const { sqs, log } = await start(() => {
      calls += 1;
      throw new TypeError('broken');
    });
    await send('a', '1', '2');
    for (let i = 1; i <= 2; i++) {
      await until(`call ${i} is over`, () => calls === i && log.lines.length === i);
      sqs.expireVisibility('rooms.fifo');
    }
    await sqs.settled();
    expect(sqs.messages('rooms-dead.fifo').map((message) => message.body)).toEqual(['1', '2']);
    expect(log.lines[0]).toContain('broken');
  });

  test('a message that came back while the function was slow is not deleted by the first delivery', async () => {
    const [first, second] = [gate(), gate()];
    let calls = 0;
    const { sqs, client, url } = await start(() => (++calls === 1 ? first.promise : second.promise), { queueArn: standard.arn });
    await client.send(new SendMessageCommand({ QueueUrl: url('work'), MessageBody: 'slow' }));
    await until('the first delivery', () => calls === 1);
    sqs.expireVisibility('work');
    await until('the second delivery', () => calls === 2);
    first.resolve();
    await new Promise((resolve) => setImmediate(resolve));
    expect(sqs.counts('work').inFlight).toBe(1);
    second.resolve();
    await sqs.settled();
  });

  test('is refused when the role of the function may not read the queue', async () => {
    await expect(startQueues({ mappings: [{ ...mapping, accessKeyId: 'AKIAREFUSED' }] })).rejects.toThrow(
      'The function execution role does not have permissions to call ReceiveMessage on SQS',
    );
  });
});

test('a batch response that names what is not in the batch fails the whole batch', () => {
  const ids = ['a', 'b'];
  expect(batchItemFailures(undefined, ids)).toEqual(new Set());
  expect(batchItemFailures({ batchItemFailures: null }, ids)).toEqual(new Set());
  expect(batchItemFailures({ batchItemFailures: [{ itemIdentifier: 'b' }] }, ids)).toEqual(new Set(['b']));
  expect(batchItemFailures({ batchItemFailures: [{ itemIdentifier: 'z' }] }, ids)).toEqual(new Set(ids));
  expect(batchItemFailures({ batchItemFailures: [{}] }, ids)).toEqual(new Set(ids));
  expect(batchItemFailures({ batchItemFailures: 'x' }, ids)).toEqual(new Set(ids));
});
