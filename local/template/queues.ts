import type { MappingDefinition, QueueDefinition } from '../definitions.ts';
import { describeResource } from './assembly.ts';
import type { Resolver } from './resolver.ts';

interface QueueProperties {
  readonly FifoQueue?: boolean;
  readonly ContentBasedDeduplication?: boolean;
  readonly DeduplicationScope?: 'queue' | 'messageGroup';
  readonly FifoThroughputLimit?: 'perQueue' | 'perMessageGroupId';
  readonly VisibilityTimeout?: number;
  readonly MessageRetentionPeriod?: number;
  readonly DelaySeconds?: number;
  readonly ReceiveMessageWaitTimeSeconds?: number;
  readonly RedrivePolicy?: { deadLetterTargetArn: string; maxReceiveCount: number };
}

/** Reads the queues, with CloudFormation's defaults. */
export function readQueues(resolver: Resolver): QueueDefinition[] {
  checkQueuePolicies(resolver);
  return resolver.resources('AWS::SQS::Queue').map((resource) => {
    const properties = resolver.properties(resource) as QueueProperties;
    const redrive = properties.RedrivePolicy;
    return {
      name: resolver.attribute(resource, 'QueueName'),
      arn: resolver.attribute(resource, 'Arn'),
      fifo: properties.FifoQueue ?? false,
      contentBasedDeduplication: properties.ContentBasedDeduplication ?? false,
      deduplicationScope: properties.DeduplicationScope,
      throughputLimit: properties.FifoThroughputLimit,
      visibilitySeconds: properties.VisibilityTimeout ?? 30,
      retentionSeconds: properties.MessageRetentionPeriod ?? 345_600,
      delaySeconds: properties.DelaySeconds,
      receiveWaitSeconds: properties.ReceiveMessageWaitTimeSeconds,
      redrive: redrive && { targetArn: redrive.deadLetterTargetArn, maxReceiveCount: redrive.maxReceiveCount },
    };
  });
}

/**
 * Checks that queue policies only demand TLS. The emulation evaluates role policies alone, so a policy that grants access would be
 * ignored.
 */
function checkQueuePolicies(resolver: Resolver): void {
  for (const resource of resolver.resources('AWS::SQS::QueuePolicy')) {
    const { PolicyDocument } = resolver.properties(resource) as {
      PolicyDocument: { Statement: { Effect: string; Condition?: unknown }[] };
    };
    for (const statement of PolicyDocument.Statement) {
      if (statement.Effect !== 'Deny' || JSON.stringify(statement.Condition) !== '{"Bool":{"aws:SecureTransport":"false"}}') {
        throw new Error(`${describeResource(resource)}: the local runner knows queue policies only that demand TLS`);
      }
    }
  }
}

interface MappingProperties {
  readonly EventSourceArn: string;
  readonly FunctionName: string;
  readonly BatchSize?: number;
  readonly Enabled?: boolean;
  readonly ScalingConfig?: { MaximumConcurrency?: number };
  readonly FunctionResponseTypes?: readonly string[];
  readonly FilterCriteria?: unknown;
  readonly MaximumBatchingWindowInSeconds?: number;
}

/** Reads the event-source mappings of queues. `arnOf` resolves a function by its name or ARN, `accessKeyOf` gives its role's access key. */
export function readMappings(
  resolver: Resolver,
  arnOf: (functionName: string) => string,
  accessKeyOf: (functionArn: string) => string,
): MappingDefinition[] {
  return resolver.resources('AWS::Lambda::EventSourceMapping').flatMap((resource) => {
    const properties = resolver.properties(resource) as unknown as MappingProperties;
    if (properties.Enabled === false) return [];
    if (!properties.EventSourceArn.startsWith('arn:aws:sqs:')) {
      throw new Error(`${describeResource(resource)}: the local runner knows queues as event sources, not ${properties.EventSourceArn}`);
    }
    if (properties.FilterCriteria !== undefined || (properties.MaximumBatchingWindowInSeconds ?? 0) > 0) {
      throw new Error(`${describeResource(resource)}: the local runner knows neither filters nor batching windows of event sources`);
    }
    const functionArn = arnOf(properties.FunctionName);
    return [
      {
        queueArn: properties.EventSourceArn,
        functionArn,
        accessKeyId: accessKeyOf(functionArn),
        batchSize: properties.BatchSize ?? 10,
        maxConcurrency: properties.ScalingConfig?.MaximumConcurrency,
        reportBatchItemFailures: properties.FunctionResponseTypes?.includes('ReportBatchItemFailures') ?? false,
      },
    ];
  });
}
