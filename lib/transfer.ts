import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { api } from '../contract/api.ts';
import type { Database } from './platform/database.ts';
import type { HttpRoutes } from './platform/http-routes.ts';
import { type Platform, ServiceFunction } from './platform/service-function.ts';

export interface TransferProps {
  readonly platform: Platform;
  readonly routes: HttpRoutes;
  readonly database: Database;
}

/** Export and import of whole workspaces over HTTP, page by page. Only API keys may call it, so it needs no public keys of user tokens. */
export class Transfer extends Construct {
  readonly http: ServiceFunction;

  constructor(scope: Construct, id: string, props: TransferProps) {
    super(scope, id);
    this.http = new ServiceFunction(this, 'Http', {
      platform: props.platform,
      description: 'Export and import of workspaces',
      timeout: Duration.seconds(25),
      memoryMb: 1024,
      inNetwork: true,
    });
    props.database.grantConnect(this.http, 'app');
    props.routes.add(api.transfer, this.http);
  }
}
