import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { api } from '../contract/api.ts';
import type { Keys } from './keys.ts';
import type { Database } from './platform/database.ts';
import type { HttpRoutes } from './platform/http-routes.ts';
import { type Platform, ServiceFunction } from './platform/service-function.ts';
import type { WorkQueue } from './platform/work-queue.ts';

export interface NotificationsProps {
  readonly platform: Platform;
  readonly routes: HttpRoutes;
  readonly database: Database;
  readonly keys: Keys;
  readonly fanOut: WorkQueue;
}

/** HTTP function for a member's activity entries and their read state. */
export class Notifications extends Construct {
  readonly http: ServiceFunction;

  constructor(scope: Construct, id: string, props: NotificationsProps) {
    super(scope, id);
    this.http = new ServiceFunction(this, 'Http', {
      platform: props.platform,
      description: "A member's activity: list, mark read",
      timeout: Duration.seconds(20),
      memoryMb: 1024,
      inNetwork: true,
    });
    props.database.grantConnect(this.http, 'app');
    props.keys.grantVerifyTokens(this.http);
    props.fanOut.grantSend(this.http);
    props.routes.add(api.notifications, this.http);
  }
}
