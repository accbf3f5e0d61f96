import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { api } from '../contract/api.ts';
import type { Keys } from './keys.ts';
import type { ConnectionsTable } from './platform/connections-table.ts';
import type { Database } from './platform/database.ts';
import type { FilesBucket } from './platform/files-bucket.ts';
import type { HttpRoutes } from './platform/http-routes.ts';
import type { MemoryTable } from './platform/memory-table.ts';
import { ownMetric } from './platform/metrics.ts';
import { addSchedule } from './platform/schedule.ts';
import { type Platform, ServiceFunction } from './platform/service-function.ts';
import { WorkQueue } from './platform/work-queue.ts';

export interface RetentionProps {
  readonly platform: Platform;
  readonly routes: HttpRoutes;
  readonly keys: Keys;
  readonly connections: ConnectionsTable;
  readonly fanOut: WorkQueue;
  readonly database: Database;
  readonly memory: MemoryTable;
  readonly files: FilesBucket;
  /** Queue of the index, for epochs that lost a text. */
  readonly embeddings: WorkQueue;
}

/** Takes stored data away: purges texts of deleted messages and erases members. Nothing that a member waits for passes through it. */
export class Retention extends Construct {
  readonly http: ServiceFunction;
  readonly work: ServiceFunction;
  readonly sweep: ServiceFunction;
  /** Nudges that name a workspace with work. The group is the workspace. */
  readonly queue: WorkQueue;

  constructor(scope: Construct, id: string, props: RetentionProps) {
    super(scope, id);
    const { platform, database } = props;
    this.http = this.#addHttp(props);
    this.work = new ServiceFunction(this, 'Work', {
      platform,
      description: 'Purges texts of deleted messages, erases members',
      timeout: Duration.seconds(60),
      memoryMb: 1024,
      inNetwork: true,
      looksAgain: true,
      environments: platform.stage.retentionConcurrency,
    });
    this.sweep = new ServiceFunction(this, 'Sweep', {
      platform,
      description: 'Sends again what waits to be purged',
      timeout: Duration.seconds(50),
      memoryMb: 512,
      inNetwork: true,
      alone: true,
    });
    for (const fn of [this.work, this.sweep]) database.grantConnect(fn, 'app');
    props.memory.grant(this.work, 'noteDue');
    props.files.grantRemove(this.work);
    props.embeddings.grantSend(this.work);
    this.queue = new WorkQueue(this, 'Queue', {
      alarms: platform.alarms,
      worker: this.work,
      maxConcurrency: platform.stage.retentionConcurrency,
      batchSize: 1,
      variable: 'retentionQueueUrl',
      ordered: false,
      late: { after: Duration.minutes(5), runbook: 'retention-late' },
    });
    props.connections.grant(this.work, 'endSubscriptions');
    props.fanOut.grantSend(this.work);
    for (const fn of [this.http, this.work, this.sweep]) this.queue.grantSend(fn);
    addSchedule(this, 'SweepEveryMinute', { worker: this.sweep, every: Duration.minutes(1), description: 'Looks after retention' });
    this.#watch(platform);
  }

  #addHttp({ platform, routes, database, keys, connections, fanOut }: RetentionProps): ServiceFunction {
    const fn = new ServiceFunction(this, 'Http', {
      platform,
      description: 'Retention, erasure and export of members',
      timeout: Duration.seconds(20),
      memoryMb: 1024,
      inNetwork: true,
      // Owners call it, rarely: it leaves connections to the functions that answer everybody.
      environments: platform.stage.retentionConcurrency,
    });
    database.grantConnect(fn, 'app');
    keys.grantVerifyTokens(fn);
    connections.grant(fn, 'endSubscriptions');
    fanOut.grantSend(fn);
    routes.add(api.retention, fn);
    return fn;
  }

  #watch({ alarms, stage }: Platform): void {
    alarms.add('PurgesLate', {
      runbook: 'purges-late',
      says: 'Texts of deleted messages were purged more than ten minutes after their deletion.',
      metric: ownMetric(stage, 'purgeAge', 'Maximum'),
      above: 600_000,
      periods: 2,
    });
    alarms.add('RetentionSilent', {
      runbook: 'retention-silent',
      says: 'Nobody has looked after retention for ten minutes.',
      metric: this.sweep.metricInvocations({ period: Duration.minutes(5), statistic: 'Sum' }),
      below: 1,
      periods: 2,
      silenceIsBad: true,
    });
  }
}
