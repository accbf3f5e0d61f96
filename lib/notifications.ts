import { Duration, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { api } from '../contract/api.ts';
import type { Keys } from './keys.ts';
import type { ConnectionsTable } from './platform/connections-table.ts';
import type { Database } from './platform/database.ts';
import type { HttpRoutes } from './platform/http-routes.ts';
import { ownMetric } from './platform/metrics.ts';
import { type Platform, ServiceFunction } from './platform/service-function.ts';
import { WorkQueue } from './platform/work-queue.ts';

export interface NotificationsProps {
  readonly platform: Platform;
  readonly routes: HttpRoutes;
  readonly database: Database;
  readonly keys: Keys;
  readonly connections: ConnectionsTable;
  readonly fanOut: WorkQueue;
}

/**
 * A member's activity, and notifications outside of the app. One function decides who is notified, next to Postgres; another one, outside of the
 * network, reaches push services and the mail service.
 */
export class Notifications extends Construct {
  readonly http: ServiceFunction;
  readonly decide: ServiceFunction;
  readonly deliver: ServiceFunction;
  /** Nudges that name a stream with news. */
  readonly notifyQueue: WorkQueue;
  /** Notifications and mails to be delivered. */
  readonly deliveriesQueue: WorkQueue;

  constructor(scope: Construct, id: string, props: NotificationsProps) {
    super(scope, id);
    const { platform, database, connections } = props;
    const { stage, alarms } = platform;
    this.http = this.#addHttp(props);
    this.decide = new ServiceFunction(this, 'Decide', {
      platform,
      description: 'Decides who is notified of what is new',
      timeout: Duration.seconds(30),
      memoryMb: 1024,
      inNetwork: true,
      looksAgain: true,
      environments: stage.notifyConcurrency,
    });
    database.grantConnect(this.decide, 'worker');
    connections.grant(this.decide, 'readPresence');
    this.deliver = new ServiceFunction(this, 'Deliver', {
      platform,
      description: 'Sends notifications to push services, and mails',
      timeout: Duration.seconds(60),
      memoryMb: 1024,
      inNetwork: false,
      looksAgain: true,
    });
    props.keys.grantSignPushes(this.deliver);
    this.notifyQueue = new WorkQueue(this, 'NotifyQueue', {
      alarms,
      worker: this.decide,
      maxConcurrency: stage.notifyConcurrency,
      variable: 'notifyQueueUrl',
      ordered: false,
      late: { after: Duration.minutes(2), runbook: 'notifications-late' },
    });
    this.deliveriesQueue = new WorkQueue(this, 'DeliveriesQueue', {
      alarms,
      worker: this.deliver,
      maxConcurrency: stage.deliverConcurrency,
      batchSize: 1,
      variable: 'deliveriesQueueUrl',
      ordered: false,
      late: { after: Duration.minutes(2), runbook: 'notifications-late' },
    });
    for (const fn of [this.decide, this.deliver]) {
      this.notifyQueue.grantSend(fn);
      this.deliveriesQueue.grantSend(fn);
    }
    this.#configure(platform);
    this.#watch(platform);
  }

  #addHttp({ platform, routes, database, keys, fanOut }: NotificationsProps): ServiceFunction {
    const fn = new ServiceFunction(this, 'Http', {
      platform,
      description: "A member's activity, devices and settings of notifications",
      timeout: Duration.seconds(20),
      memoryMb: 1024,
      inNetwork: true,
    });
    database.grantConnect(fn, 'app');
    keys.grantVerifyTokens(fn);
    keys.grantTellVapid(fn);
    fanOut.grantSend(fn);
    const { registerSubscription, listSubscriptions, deleteSubscription } = api.kit;
    routes.add({ ...api.notifications, registerSubscription, listSubscriptions, deleteSubscription }, fn);
    return fn;
  }

  /** Tells the functions who sends. Without a contact there are no notifications to browsers, and without a sender no mails. */
  #configure({ stage }: Platform): void {
    const { contact, hosts } = stage.push;
    for (const fn of [this.http, this.deliver]) {
      if (contact !== undefined) fn.set('pushContact', contact);
      if (hosts.length > 0) fn.set('pushHosts', hosts.join(','));
    }
    if (stage.mailFrom === undefined || stage.publicUrl === undefined) return;
    this.decide.set('publicUrl', stage.publicUrl);
    for (const fn of [this.decide, this.deliver]) fn.set('mailFrom', stage.mailFrom);
    const identities = [stage.mailFrom, stage.mailFrom.slice(stage.mailFrom.indexOf('@') + 1)];
    const arns = identities.map((resourceName) => Stack.of(this).formatArn({ service: 'ses', resource: 'identity', resourceName }));
    this.deliver.allow(['ses:SendEmail'], ...arns);
  }

  #watch({ alarms, stage }: Platform): void {
    alarms.add('PushFailures', {
      runbook: 'push-failures',
      says: 'Push services refuse notifications, or have not answered for half an hour.',
      metric: ownMetric(stage, 'pushFailures', 'Sum'),
      above: 20,
      periods: 1,
    });
    alarms.add('MailFailures', {
      runbook: 'mail-failures',
      says: 'The mail service does not take mails.',
      metric: ownMetric(stage, 'mailFailures', 'Sum'),
      above: 0,
      periods: 2,
    });
  }
}
