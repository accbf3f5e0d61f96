import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { api } from '../contract/api.ts';
import type { ConnectionsTable } from './platform/connections-table.ts';
import type { Database } from './platform/database.ts';
import type { HttpRoutes } from './platform/http-routes.ts';
import { ownMetric } from './platform/metrics.ts';
import type { Qdrant } from './platform/qdrant.ts';
import { addSchedule } from './platform/schedule.ts';
import { type Platform, ServiceFunction } from './platform/service-function.ts';
import type { WorkQueue } from './platform/work-queue.ts';

export interface OperationsProps {
  readonly platform: Platform;
  readonly routes: HttpRoutes;
  readonly database: Database;
  readonly connections: ConnectionsTable;
  readonly qdrant: Qdrant;
  readonly fanOut: WorkQueue;
}

/** Health, readiness and documents over HTTP, the outbox sweeper, and alarms that no single feature owns. */
export class Operations extends Construct {
  readonly http: ServiceFunction;
  readonly sweepOutbox: ServiceFunction;

  constructor(scope: Construct, id: string, props: OperationsProps) {
    super(scope, id);
    this.http = new ServiceFunction(this, 'Http', {
      platform: props.platform,
      description: 'Health, readiness, and the documents of the API',
      timeout: Duration.seconds(15),
      memoryMb: 1024,
      inNetwork: true,
      reachesOut: true,
    });
    props.database.grantConnect(this.http, 'operations');
    props.connections.grant(this.http, 'probe');
    props.qdrant.grantProbe(this.http);
    props.fanOut.grantInspect(this.http);
    props.routes.add(api.operations, this.http);
    props.routes.addRest(this.http);

    this.sweepOutbox = new ServiceFunction(this, 'SweepOutbox', {
      platform: props.platform,
      description: 'Sends what was committed and never sent',
      timeout: Duration.seconds(50),
      memoryMb: 512,
      inNetwork: true,
      alone: true,
    });
    props.database.grantConnect(this.sweepOutbox, 'operations');
    props.fanOut.grantSend(this.sweepOutbox);
    addSchedule(this, 'EveryMinute', { worker: this.sweepOutbox, every: Duration.minutes(1), description: 'Sweeps the outbox' });
    this.#watchQueues(props.platform);
    this.#watchSweeper(props.platform);
    this.#watchDatabase(props);
  }

  #watchQueues({ alarms, stage }: Platform): void {
    alarms.add('MessagesUnreadable', {
      runbook: 'messages-unreadable',
      says: 'A worker received messages that it cannot read and copied them to its dead-letter queue.',
      metric: ownMetric(stage, 'messagesUnreadable', 'Sum'),
      above: 0,
      periods: 1,
    });
    alarms.add('MessagesNotTaken', {
      runbook: 'messages-not-taken',
      says: 'A queue answered, and did not take some of the messages that were sent.',
      metric: ownMetric(stage, 'messagesNotTaken', 'Sum'),
      above: 0,
      periods: 1,
    });
  }

  #watchSweeper({ alarms, stage }: Platform): void {
    alarms.add('OutboxSwept', {
      runbook: 'outbox-swept',
      says: 'The sweeper keeps finding events that were committed and not sent: posting functions die or cannot reach the queue.',
      metric: ownMetric(stage, 'outboxSwept', 'Sum'),
      above: 20,
      periods: 2,
    });
    alarms.add('OutboxLate', {
      runbook: 'outbox-late',
      says: 'The oldest committed and unsent event waits longer than two minutes.',
      metric: ownMetric(stage, 'outboxAge', 'Maximum').with({ period: Duration.minutes(1) }),
      above: 120_000,
      periods: 3,
    });
    alarms.add('OutboxParked', {
      runbook: 'outbox-parked',
      says: 'The queue refused committed events for good, so the sweeper parked them.',
      metric: ownMetric(stage, 'outboxParked', 'Maximum'),
      above: 0,
      periods: 1,
    });
    alarms.add('SweeperSilent', {
      runbook: 'sweeper-silent',
      says: 'The sweeper has not run for ten minutes.',
      metric: this.sweepOutbox.metricInvocations({ period: Duration.minutes(5), statistic: 'Sum' }),
      below: 1,
      periods: 2,
      silenceIsBad: true,
    });
  }

  #watchDatabase({ platform: { alarms, stage }, database: { instance } }: OperationsProps): void {
    const period = Duration.minutes(5);
    alarms.add('DatabaseStorage', {
      runbook: 'database-storage',
      says: 'Postgres has less than 4 GiB of free storage.',
      metric: instance.metricFreeStorageSpace({ period, statistic: 'Minimum' }),
      below: 4 * 2 ** 30,
      periods: 1,
    });
    alarms.add('DatabaseCpu', {
      runbook: 'database-cpu',
      says: 'The processors of Postgres are busier than 80 % for 15 minutes.',
      metric: instance.metricCPUUtilization({ period, statistic: 'Average' }),
      above: 80,
      periods: 3,
    });
    alarms.add('DatabaseConnections', {
      runbook: 'database-connections',
      says: 'Postgres is running out of connections.',
      metric: instance.metricDatabaseConnections({ period, statistic: 'Maximum' }),
      above: stage.database.connectionsAlarm,
      periods: 1,
    });
  }
}
