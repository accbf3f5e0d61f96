import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { api } from '../contract/api.ts';
import type { Keys } from './keys.ts';
import type { ConnectionsTable } from './platform/connections-table.ts';
import type { Database } from './platform/database.ts';
import type { HttpRoutes } from './platform/http-routes.ts';
import { type Platform, ServiceFunction } from './platform/service-function.ts';
import { WorkQueue } from './platform/work-queue.ts';

export interface StreamsProps {
  readonly platform: Platform;
  readonly routes: HttpRoutes;
  readonly database: Database;
  readonly connections: ConnectionsTable;
  readonly keys: Keys;
  readonly fanOut: WorkQueue;
}

/** Originals whose shares are refreshed at once: SQS's least concurrency. */
const sharesConcurrency = 2;

/** Streams and their events over HTTP, search, and the follow-up work after a change. */
export class Streams extends Construct {
  readonly http: ServiceFunction;
  /** Search alone: neither its environments nor its connections are those that posts wait for. */
  readonly search: ServiceFunction;
  readonly followUp: ServiceFunction;
  /** Nudges that name a changed stream. The functions that post frames send them. */
  readonly followUpQueue: WorkQueue;
  readonly refreshShares: ServiceFunction;
  /** Nudges that name an edited or deleted event. A queue of its own: an event with many shares never delays badges. */
  readonly sharesQueue: WorkQueue;

  constructor(scope: Construct, id: string, props: StreamsProps) {
    super(scope, id);
    this.http = new ServiceFunction(this, 'Http', {
      platform: props.platform,
      description: 'Streams, those in them, what happens in them, what was read',
      timeout: Duration.seconds(20),
      memoryMb: 1024,
      inNetwork: true,
    });
    props.database.grantConnect(this.http, 'app');
    props.keys.grantVerifyTokens(this.http);
    props.connections.grant(this.http, 'endSubscriptions');
    props.fanOut.grantSend(this.http);
    const { searchEvents, ...others } = api.streams;
    props.routes.add(others, this.http);
    this.search = this.#addSearch(props, { searchEvents });

    this.followUp = this.#worker(props, 'FollowUp', {
      description: 'Tells sidebars how far streams are, and root events their replies',
      environments: props.platform.stage.followUpConcurrency,
    });
    this.followUpQueue = new WorkQueue(this, 'FollowUpQueue', {
      alarms: props.platform.alarms,
      worker: this.followUp,
      maxConcurrency: props.platform.stage.followUpConcurrency,
      variable: 'followUpQueueUrl',
      ordered: false,
      late: { after: Duration.minutes(1), runbook: 'follow-up-late' },
    });
    this.followUpQueue.grantSend(this.followUp);

    this.refreshShares = this.#worker(props, 'RefreshShares', {
      description: 'Tells the readers of shares that the original changed',
      environments: sharesConcurrency,
    });
    this.sharesQueue = new WorkQueue(this, 'SharesQueue', {
      alarms: props.platform.alarms,
      worker: this.refreshShares,
      maxConcurrency: sharesConcurrency,
      batchSize: 1,
      variable: 'sharesQueueUrl',
      ordered: false,
      late: { after: Duration.minutes(10), runbook: 'shares-late' },
    });
    this.sharesQueue.grantSend(this.refreshShares);
  }

  /** Creates a worker that reads Postgres and sends frames. */
  #worker({ platform, database, fanOut }: StreamsProps, id: string, more: { description: string; environments: number }): ServiceFunction {
    const worker = new ServiceFunction(this, id, {
      platform,
      ...more,
      timeout: Duration.seconds(30),
      memoryMb: 1024,
      inNetwork: true,
      looksAgain: true,
    });
    database.grantConnect(worker, 'worker');
    fanOut.grantSend(worker);
    return worker;
  }

  #addSearch({ platform, routes, database, keys }: StreamsProps, served: Pick<typeof api.streams, 'searchEvents'>): ServiceFunction {
    const fn = new ServiceFunction(this, 'Search', {
      platform,
      description: 'Searches messages',
      timeout: Duration.seconds(10),
      memoryMb: 1024,
      inNetwork: true,
      environments: platform.stage.searchConcurrency,
    });
    database.grantConnect(fn, 'search');
    keys.grantVerifyTokens(fn);
    routes.add(served, fn);
    platform.alarms.add('SearchSlow', {
      runbook: 'search-slow',
      says: 'One search in twenty takes longer than two seconds.',
      metric: fn.metricDuration({ period: Duration.minutes(5), statistic: 'p95' }),
      above: 2_000,
      periods: 3,
    });
    return fn;
  }
}
