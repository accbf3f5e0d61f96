import { SQSClient } from '@aws-sdk/client-sqs';
import { startAwsEndpoint } from '../../../local/aws-endpoint.ts';
import type { QueueDefinition } from '../../../local/definitions.ts';
import { createSqs, type SqsOptions } from '../../../local/sqs/sqs.ts';
import { accessFor, account, arnOf, clientOf, functionsOf, quietLog } from '../emulators.ts';

export const standard: QueueDefinition = {
  name: 'work',
  arn: arnOf('sqs', 'work'),
  fifo: false,
  contentBasedDeduplication: false,
  visibilitySeconds: 30,
  retentionSeconds: 345_600,
  redrive: { targetArn: arnOf('sqs', 'work-dead'), maxReceiveCount: 2 },
};
export const fifo: QueueDefinition = {
  ...standard,
  name: 'rooms.fifo',
  arn: arnOf('sqs', 'rooms.fifo'),
  fifo: true,
  redrive: { targetArn: arnOf('sqs', 'rooms-dead.fifo'), maxReceiveCount: 2 },
};
const dead = (queue: QueueDefinition, name: string): QueueDefinition => ({ ...queue, name, arn: arnOf('sqs', name), redrive: undefined });
export const queues = [standard, fifo, dead(standard, 'work-dead'), dead(fifo, 'rooms-dead.fifo')];

/** SQS on a port, with a client that may do everything. */
export async function startQueues(more: Partial<SqsOptions> = {}) {
  const access = accessFor();
  const log = quietLog();
  const aws = await startAwsEndpoint({ access, log });
  const options: SqsOptions = { account, endpointUrl: aws.url, queues, mappings: [], functions: functionsOf({}), access, log, ...more };
  const sqs = await Promise.resolve(options)
    .then(createSqs)
    .catch(async (error: unknown) => {
      await aws.stop();
      throw error;
    });
  aws.serve(sqs.service);
  const client = new SQSClient(clientOf(aws.url));
  return {
    aws,
    sqs,
    client,
    log,
    url: (name: string) => sqs.queueUrl(name),
    async stop() {
      client.destroy();
      await sqs.stop();
      await aws.stop();
    },
  };
}
