import { describe, expect, test } from '@jest/globals';
import { functionsOf, resourcesOf, synthesize, withoutHash } from '../synthesized.ts';

const { service, all } = synthesize('dev');
const queues = new Map(resourcesOf(service, 'AWS::SQS::Queue'));
const mappings = resourcesOf(service, 'AWS::Lambda::EventSourceMapping').map(([, { Properties }]) => Properties);
const targetOf = (queue: string): string | undefined =>
  queues.get(queue)?.Properties['RedrivePolicy']?.deadLetterTargetArn['Fn::GetAtt'][0];
const deadLetters = new Set([...queues.keys()].map(targetOf).filter((id) => id !== undefined));

describe('every queue', () => {
  test('puts aside what fails five times, or is where such things are put', () => {
    expect(queues.size).toBeGreaterThan(0);
    for (const [id, { Properties }] of queues) {
      if (deadLetters.has(id)) continue;
      expect([id, deadLetters.has(targetOf(id) ?? '')]).toEqual([id, true]);
      expect(Properties['RedrivePolicy'].maxReceiveCount).toBe(5);
    }
  });

  test('keeps what was put aside as long as it can, in a queue of the same kind', () => {
    for (const [id, { Properties }] of queues) {
      const target = targetOf(id);
      if (target === undefined) continue;
      const aside = queues.get(target)!.Properties;
      expect([aside['MessageRetentionPeriod'], aside['FifoQueue']]).toEqual([14 * 86_400, Properties['FifoQueue']]);
    }
  });

  test('is encrypted and takes no request without TLS', () => {
    const guarded = resourcesOf(service, 'AWS::SQS::QueuePolicy').flatMap(([, { Properties }]) =>
      (Properties['Queues'] as { Ref: string }[]).map(({ Ref }) => Ref),
    );
    expect(guarded.sort()).toEqual([...queues.keys()].sort());
    for (const { Properties } of queues.values()) expect(Properties['SqsManagedSseEnabled']).toBe(true);
  });

  test('lives in the service stack', () => {
    expect(all.flatMap((template) => resourcesOf(template, 'AWS::SQS::Queue'))).toHaveLength(queues.size);
  });
});

describe('every worker', () => {
  test('is given a message again only when it must have ended', () => {
    for (const { EventSourceArn, FunctionName } of mappings) {
      const queue = queues.get(EventSourceArn['Fn::GetAtt'][0])!;
      const worker = functionsOf(service).get(withoutHash(FunctionName.Ref))!;
      expect(queue.Properties['VisibilityTimeout']).toBeGreaterThanOrEqual(6 * worker.Properties['Timeout']);
    }
  });

  test('says which messages of a batch failed, and has a brake', () => {
    const brakes: Record<string, { batch: number; atOnce: number }> = {
      EpochsAssignEvents: { batch: 10, atOnce: 2 },
      // Small batches: related items that users wait for must not queue behind many slow messages.
      EpochsIndexEpoch: { batch: 3, atOnce: 4 },
      NotificationsDecide: { batch: 10, atOnce: 2 },
      NotificationsDeliver: { batch: 1, atOnce: 4 },
      RealtimeFanOut: { batch: 10, atOnce: 10 },
      RetentionWork: { batch: 1, atOnce: 2 },
      StreamsFollowUp: { batch: 10, atOnce: 2 },
      StreamsRefreshShares: { batch: 1, atOnce: 2 },
    };
    expect(mappings.map(({ FunctionName }) => withoutHash(FunctionName.Ref)).sort()).toEqual(Object.keys(brakes));
    for (const mapping of mappings) {
      const brake = brakes[withoutHash(mapping['FunctionName'].Ref)];
      expect(mapping).toMatchObject({
        BatchSize: brake?.batch,
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        ScalingConfig: { MaximumConcurrency: brake?.atOnce },
      });
    }
  });
});

test('rooms do not wait for each other', () => {
  const [fanOut] = [...queues]
    .filter(([id]) => id.startsWith('RealtimeFanOutQueue') && !deadLetters.has(id))
    .map(([, { Properties }]) => Properties);
  expect(fanOut).toMatchObject({ FifoQueue: true, DeduplicationScope: 'messageGroup', FifoThroughputLimit: 'perMessageGroupId' });
});

test.each(['StreamsFollowUpQueue', 'StreamsSharesQueue', 'EpochsEpochsQueue', 'EpochsEmbeddingsQueue'])(
  '%s has no order: its messages may be sent with a delay',
  (name) => {
    const [queue] = [...queues].filter(([id]) => id.startsWith(name) && !deadLetters.has(id)).map(([, { Properties }]) => Properties);
    expect(queue!['FifoQueue']).toBeUndefined();
  },
);
