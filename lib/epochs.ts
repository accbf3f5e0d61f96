import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { api } from '../contract/api.ts';
import type { Embeddings } from './embeddings.ts';
import type { Keys } from './keys.ts';
import type { Database } from './platform/database.ts';
import type { HttpRoutes } from './platform/http-routes.ts';
import type { MemoryTable } from './platform/memory-table.ts';
import { ownMetric } from './platform/metrics.ts';
import type { Qdrant } from './platform/qdrant.ts';
import { addSchedule } from './platform/schedule.ts';
import { type Platform, ServiceFunction, type ServiceFunctionProps } from './platform/service-function.ts';
import { WorkQueue, type WorkQueueProps } from './platform/work-queue.ts';

export interface EpochsProps {
  readonly platform: Platform;
  readonly routes: HttpRoutes;
  readonly database: Database;
  readonly keys: Keys;
  readonly memory: MemoryTable;
  readonly qdrant: Qdrant;
  readonly embeddings: Embeddings;
  readonly fanOut: WorkQueue;
}

type Worker = Omit<ServiceFunctionProps, 'platform' | 'inNetwork'>;

/** Memory: cuts streams into epochs, embeds, indexes and links them, and answers queries about them. Posting never waits for it. */
export class Epochs extends Construct {
  readonly http: ServiceFunction;
  /** Nudges that name a stream with new events. The group is the workspace, so that a busy workspace does not delay the others. */
  readonly epochsQueue: WorkQueue;
  /** Jobs that need an embedding or the index. The group is the workspace. */
  readonly embeddingsQueue: WorkQueue;
  readonly #props: EpochsProps;

  constructor(scope: Construct, id: string, props: EpochsProps) {
    super(scope, id);
    this.#props = props;
    this.http = this.#addHttp();
    const assignEvents = this.#addAssignEvents();
    const indexEpoch = this.#addIndexEpoch();
    const flushIdle = this.#addFlushIdle();
    this.#addLearnAssociations();
    const { epochsConcurrency, embeddingsConcurrency } = props.platform.stage;
    this.epochsQueue = this.#addQueue('EpochsQueue', {
      worker: assignEvents,
      maxConcurrency: epochsConcurrency,
      variable: 'epochsQueueUrl',
      late: { after: Duration.minutes(1), runbook: 'epochs-late' },
    });
    this.embeddingsQueue = this.#addQueue('EmbeddingsQueue', {
      worker: indexEpoch,
      maxConcurrency: embeddingsConcurrency,
      batchSize: 3,
      variable: 'embeddingsQueueUrl',
      late: { after: Duration.minutes(10), runbook: 'embeddings-late' },
    });
    for (const fn of [this.http, assignEvents, indexEpoch, flushIdle]) {
      this.epochsQueue.grantSend(fn);
      this.embeddingsQueue.grantSend(fn);
    }
    this.#watch(flushIdle);
  }

  #addHttp(): ServiceFunction {
    const { platform, routes, database, keys, fanOut, embeddings, qdrant } = this.#props;
    const fn = new ServiceFunction(this, 'Http', {
      platform,
      description: 'Epochs, what they are related to, search in memory',
      timeout: Duration.seconds(20),
      memoryMb: 1769,
      inNetwork: true,
      reachesOut: true,
    });
    database.grantConnect(fn, 'app');
    keys.grantVerifyTokens(fn);
    fanOut.grantSend(fn);
    embeddings.grantUse(fn);
    qdrant.grantUse(fn);
    routes.add(api.epochs, fn);
    return fn;
  }

  #addAssignEvents(): ServiceFunction {
    const { platform, memory, fanOut, embeddings } = this.#props;
    const fn = this.#addWorker('AssignEvents', {
      description: 'Cuts streams into epochs',
      timeout: Duration.seconds(30),
      memoryMb: 1769,
      reachesOut: true,
      looksAgain: true,
      environments: platform.stage.epochsConcurrency,
    });
    fanOut.grantSend(fn);
    embeddings.grantUse(fn);
    memory.grant(fn, 'noteDue');
    return fn;
  }

  #addIndexEpoch(): ServiceFunction {
    const { platform, fanOut, embeddings, qdrant } = this.#props;
    const fn = this.#addWorker('IndexEpoch', {
      description: 'Embeds, indexes and links epochs, and says what streams are related to',
      timeout: Duration.minutes(2),
      memoryMb: 1769,
      reachesOut: true,
      looksAgain: true,
      environments: platform.stage.embeddingsConcurrency,
    });
    fanOut.grantSend(fn);
    embeddings.grantUse(fn);
    qdrant.grantUse(fn);
    return fn;
  }

  #addFlushIdle(): ServiceFunction {
    const fn = this.#addWorker('FlushIdle', {
      description: 'Closes epochs that nobody goes on with, and sends again what waits',
      timeout: Duration.seconds(50),
      memoryMb: 512,
      alone: true,
    });
    this.#props.memory.grant(fn, 'takeDue');
    addSchedule(this, 'FlushEveryMinute', { worker: fn, every: Duration.minutes(1), description: 'Looks after memory' });
    return fn;
  }

  #addLearnAssociations(): ServiceFunction {
    const fn = this.#addWorker('LearnAssociations', {
      description: 'Learns from closed epochs which words belong together',
      timeout: Duration.minutes(5),
      memoryMb: 1769,
      alone: true,
    });
    this.#props.memory.grant(fn, 'takeLearned');
    addSchedule(this, 'LearnOften', { worker: fn, every: Duration.minutes(10), description: 'Learns which words belong together' });
    return fn;
  }

  #addWorker(id: string, props: Worker): ServiceFunction {
    const { platform, database } = this.#props;
    const fn = new ServiceFunction(this, id, { platform, inNetwork: true, ...props });
    database.grantConnect(fn, 'worker');
    return fn;
  }

  #addQueue(id: string, props: Pick<WorkQueueProps, 'worker' | 'maxConcurrency' | 'batchSize' | 'variable' | 'late'>): WorkQueue {
    return new WorkQueue(this, id, { alarms: this.#props.platform.alarms, ordered: false, ...props });
  }

  #watch(flushIdle: ServiceFunction): void {
    const { qdrant, platform } = this.#props;
    const { alarms, stage } = platform;
    alarms.add('MemoryBehind', {
      runbook: 'memory-behind',
      says: 'More than 200 epochs of a workspace wait for the index for half an hour.',
      metric: ownMetric(stage, 'epochsWaiting', 'Maximum'),
      above: 200,
      periods: 6,
    });
    alarms.add('EmbeddingFailures', {
      runbook: 'embedding-failures',
      says: 'The provider of embeddings keeps failing.',
      metric: ownMetric(stage, 'embeddingFailures', 'Sum'),
      above: 20,
      periods: 3,
    });
    alarms.add('IndexFailures', {
      runbook: 'index-failures',
      says: 'The index of memory keeps failing.',
      metric: ownMetric(stage, 'indexFailures', 'Sum'),
      above: 10,
      periods: 2,
    });
    alarms.add('FlushSilent', {
      runbook: 'flush-silent',
      says: 'Nobody has looked after memory for ten minutes.',
      metric: flushIdle.metricInvocations({ period: Duration.minutes(5), statistic: 'Sum' }),
      below: 1,
      periods: 2,
      silenceIsBad: true,
    });
    if (!qdrant.statusCheck) return;
    alarms.add('QdrantMachine', {
      runbook: 'qdrant-machine',
      says: 'The machine of Qdrant fails its status checks.',
      metric: qdrant.statusCheck,
      above: 0,
      periods: 3,
      silenceIsBad: true,
    });
  }
}
