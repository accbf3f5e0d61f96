import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { api } from '../contract/api.ts';
import type { Database } from './platform/database.ts';
import type { Embeddings } from './embeddings.ts';
import type { HttpRoutes } from './platform/http-routes.ts';
import type { MemoryTable } from './platform/memory-table.ts';
import type { Qdrant } from './platform/qdrant.ts';
import { type Platform, ServiceFunction, type ServiceFunctionProps } from './platform/service-function.ts';
import type { SigningSecret } from './platform/signing-secret.ts';
import { WorkQueue } from './platform/work-queue.ts';

export interface EpochsProps {
  readonly platform: Platform;
  readonly routes: HttpRoutes;
  readonly database: Database;
  readonly signing: SigningSecret;
  readonly memory: MemoryTable;
  readonly qdrant: Qdrant;
  readonly embeddings: Embeddings;
  readonly fanOut: WorkQueue;
}

/** Memory: streams cut into epochs, which are embedded, indexed and linked; and the answers about them. */
export class Epochs extends Construct {
  readonly http: ServiceFunction;
  readonly assignEvents: ServiceFunction;
  /** Nudges: which stream has something new. The group is the workspace, so that a busy one does not hold up the others. */
  readonly epochsQueue: WorkQueue;
  /** What takes an embedding or the index. The group is the workspace. */
  readonly embeddingsQueue: WorkQueue;
  readonly #props: EpochsProps;

  constructor(scope: Construct, id: string, props: EpochsProps) {
    super(scope, id);
    this.#props = props;
    const { platform, memory } = props;
    this.http = this.#addHttp();
    this.assignEvents = this.#addWorker('AssignEvents', {
      description: 'Cuts streams into epochs',
      timeout: Duration.seconds(30),
      looksAgain: true,
      environments: platform.stage.epochsConcurrency,
    });
    memory.grant(this.assignEvents, 'noteDue');
    this.epochsQueue = new WorkQueue(this, 'EpochsQueue', {
      alarms: platform.alarms,
      worker: this.assignEvents,
      maxConcurrency: platform.stage.epochsConcurrency,
      variable: 'epochsQueueUrl',
      ordered: false,
      late: { after: Duration.minutes(1), runbook: 'epochs-late' },
    });
    this.embeddingsQueue = new WorkQueue(this, 'EmbeddingsQueue', {
      alarms: platform.alarms,
      workerTimeout: Duration.minutes(2),
      maxConcurrency: platform.stage.embeddingsConcurrency,
      variable: 'embeddingsQueueUrl',
      ordered: false,
      late: { after: Duration.minutes(10), runbook: 'embeddings-late' },
    });
    for (const fn of [this.http, this.assignEvents]) {
      this.epochsQueue.grantSend(fn);
      this.embeddingsQueue.grantSend(fn);
    }
  }

  #addHttp(): ServiceFunction {
    const { platform, routes, database, signing, fanOut, embeddings, qdrant } = this.#props;
    const fn = new ServiceFunction(this, 'Http', {
      platform,
      description: 'Epochs, what they are related to, search in memory',
      timeout: Duration.seconds(20),
      memoryMb: 1024,
      inNetwork: true,
      reachesOut: true,
    });
    database.grantConnect(fn);
    signing.grantSign(fn);
    fanOut.grantSend(fn);
    embeddings.grantUse(fn);
    qdrant.grantUse(fn);
    routes.add(api.epochs, fn);
    return fn;
  }

  /** What works on memory is in front of Postgres, and tells rooms. */
  #addWorker(id: string, props: Pick<ServiceFunctionProps, 'description' | 'timeout' | 'looksAgain' | 'environments'>): ServiceFunction {
    const { platform, database, fanOut } = this.#props;
    const fn = new ServiceFunction(this, id, { platform, memoryMb: 1769, inNetwork: true, ...props });
    database.grantConnect(fn);
    fanOut.grantSend(fn);
    return fn;
  }
}
