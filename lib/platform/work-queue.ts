import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { DeduplicationScope, FifoThroughputLimit, Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { env } from '../../contract/names.ts';
import type { Alarms, RunbookEntry } from './alarms.ts';
import { acknowledge } from './checks.ts';
import type { ServiceFunction } from './service-function.ts';

export interface WorkQueueProps {
  readonly alarms: Alarms;
  /** Does the work; safe to repeat. */
  readonly worker: ServiceFunction;
  /** Batches that the worker handles at once, over all groups. */
  readonly maxConcurrency: number;
  /** Batch size, 10 by default; smaller when a message takes long and the next one should not wait for it. */
  readonly batchSize?: number;
  /** Environment variable with the queue's address, for senders. */
  readonly variable: keyof typeof env;
  /** True (the default) for a FIFO queue, whose messages have groups and keep their order inside them. */
  readonly ordered?: boolean;
  /** Age of the oldest message above which the alarm rings. */
  readonly late: { readonly after: Duration; readonly runbook: RunbookEntry };
}

/** Attempts before a message moves to the dead-letter queue. Until then it blocks its group. */
const attempts = 5;

/**
 * A queue with its worker, its dead-letter queue and their alarms. An ordered queue handles each group in order, one batch at a time, and
 * groups in parallel. The other kind supports delays and gives no order.
 */
export class WorkQueue extends Construct {
  readonly queue: Queue;
  readonly deadLetters: Queue;
  readonly #variable: keyof typeof env;

  constructor(scope: Construct, id: string, props: WorkQueueProps) {
    super(scope, id);
    this.#variable = props.variable;
    const { ordered = true } = props;
    this.deadLetters = new Queue(this, 'DeadLetters', {
      ...(ordered && { fifo: true }),
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    this.queue = this.#makeQueue(props.worker, ordered);
    this.#connect(props);
    this.#addAlarms(props, scope.node.id + id);
    acknowledge(this.deadLetters, 'Serverless-SQSRedrivePolicy', 'It is the dead-letter queue');
  }

  /** Lets a function put work in. */
  grantSend(fn: ServiceFunction): void {
    fn.allow(['sqs:SendMessage'], this.queue.queueArn);
    fn.set(this.#variable, this.queue.queueUrl);
  }

  /** Lets a function read the queue's attributes. */
  grantInspect(fn: ServiceFunction): void {
    fn.allow(['sqs:GetQueueAttributes'], this.queue.queueArn);
    fn.set(this.#variable, this.queue.queueUrl);
  }

  #makeQueue(worker: ServiceFunction, ordered: boolean): Queue {
    if (!worker.timeout) throw new Error('A worker needs a time-out: the visibility of its queue follows from it');
    return new Queue(this, 'Queue', {
      ...(ordered && {
        fifo: true,
        deduplicationScope: DeduplicationScope.MESSAGE_GROUP,
        fifoThroughputLimit: FifoThroughputLimit.PER_MESSAGE_GROUP_ID,
      }),
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      // Lambda requires a visibility timeout of six times the function's, so that a throttled batch is not delivered twice.
      visibilityTimeout: Duration.seconds(6 * worker.timeout.toSeconds()),
      retentionPeriod: Duration.days(4),
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: attempts },
    });
  }

  #connect({ worker, maxConcurrency, batchSize = 10 }: WorkQueueProps): void {
    // The worker copies unreadable messages there itself: the queue would deliver each of them five times first.
    worker.allow(['sqs:SendMessage'], this.deadLetters.queueArn);
    worker.set('deadLetterQueueUrl', this.deadLetters.queueUrl);
    worker.addEventSource(new SqsEventSource(this.queue, { batchSize, reportBatchItemFailures: true, maxConcurrency }));
    acknowledge(worker, 'Serverless-LambdaEventSourceMappingDestination', 'Failed messages go to the dead-letter queue of the queue');
  }

  #addAlarms({ alarms, late }: WorkQueueProps, name: string): void {
    alarms.add(`${name}DeadLetters`, {
      runbook: 'dead-letters',
      says: `Messages of ${name} failed ${attempts} times, or were unreadable, and were put aside.`,
      metric: this.deadLetters.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(1), statistic: 'Maximum' }),
      above: 0,
      periods: 1,
    });
    alarms.add(`${name}Late`, {
      runbook: late.runbook,
      says: `The oldest message of ${name} waits longer than ${late.after.toSeconds()} s.`,
      metric: this.queue.metricApproximateAgeOfOldestMessage({ period: Duration.minutes(1), statistic: 'Maximum' }),
      above: late.after.toSeconds(),
      periods: 3,
    });
  }
}
