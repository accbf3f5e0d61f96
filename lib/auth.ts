import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { api } from '../contract/api.ts';
import type { Keys } from './keys.ts';
import type { ConnectionsTable } from './platform/connections-table.ts';
import type { Database } from './platform/database.ts';
import type { HttpRoutes } from './platform/http-routes.ts';
import { type Platform, ServiceFunction } from './platform/service-function.ts';
import type { WorkQueue } from './platform/work-queue.ts';

export interface AuthProps {
  readonly platform: Platform;
  readonly routes: HttpRoutes;
  readonly database: Database;
  readonly connections: ConnectionsTable;
  readonly keys: Keys;
  readonly fanOut: WorkQueue;
}

/** HTTP function that exchanges API keys for user tokens. */
export class Auth extends Construct {
  readonly http: ServiceFunction;

  constructor(scope: Construct, id: string, props: AuthProps) {
    super(scope, id);
    this.http = new ServiceFunction(this, 'Http', {
      platform: props.platform,
      description: 'Mints tokens for users, for the holder of an API key',
      timeout: Duration.seconds(20),
      memoryMb: 1024,
      inNetwork: true,
    });
    props.database.grantConnect(this.http, 'app');
    props.keys.grantSignTokens(this.http);
    props.connections.grant(this.http, 'endSubscriptions');
    props.fanOut.grantSend(this.http);
    props.routes.add(api.auth, this.http);
  }
}
