import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { Platform } from './platform/service-function.ts';
import { WorkQueue } from './platform/work-queue.ts';

export interface EpochsProps {
  readonly platform: Platform;
}

/** Memory: streams cut into epochs, which are embedded, indexed and linked. */
export class Epochs extends Construct {
  /** Nudges: which stream has something new. The group is the workspace, so that a busy one does not hold up the others. */
  readonly epochsQueue: WorkQueue;
  /** What takes an embedding or the index. The group is the workspace. */
  readonly embeddingsQueue: WorkQueue;

  constructor(scope: Construct, id: string, props: EpochsProps) {
    super(scope, id);
    const { alarms, stage } = props.platform;
    this.epochsQueue = new WorkQueue(this, 'EpochsQueue', {
      alarms,
      workerTimeout: Duration.seconds(30),
      maxConcurrency: stage.epochsConcurrency,
      variable: 'epochsQueueUrl',
      ordered: false,
      late: { after: Duration.minutes(1), runbook: 'epochs-late' },
    });
    this.embeddingsQueue = new WorkQueue(this, 'EmbeddingsQueue', {
      alarms,
      workerTimeout: Duration.seconds(120),
      maxConcurrency: stage.embeddingsConcurrency,
      variable: 'embeddingsQueueUrl',
      ordered: false,
      late: { after: Duration.minutes(10), runbook: 'embeddings-late' },
    });
  }
}
