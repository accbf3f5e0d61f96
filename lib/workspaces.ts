import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { api } from '../contract/api.ts';
import type { Keys } from './keys.ts';
import type { ConnectionsTable } from './platform/connections-table.ts';
import type { Database } from './platform/database.ts';
import type { HttpRoutes } from './platform/http-routes.ts';
import { type Platform, ServiceFunction } from './platform/service-function.ts';
import type { WorkQueue } from './platform/work-queue.ts';

export interface WorkspacesProps {
  readonly platform: Platform;
  readonly routes: HttpRoutes;
  readonly database: Database;
  readonly connections: ConnectionsTable;
  readonly keys: Keys;
  readonly fanOut: WorkQueue;
}

/** HTTP function for workspaces and their providers. */
export class Workspaces extends Construct {
  readonly http: ServiceFunction;
  /** Creates a workspace and its first API key. An operator invokes it; it has no route. */
  readonly createWorkspace: ServiceFunction;

  constructor(scope: Construct, id: string, props: WorkspacesProps) {
    super(scope, id);
    this.http = new ServiceFunction(this, 'Http', {
      platform: props.platform,
      description: 'Workspaces, their members and providers',
      timeout: Duration.seconds(20),
      memoryMb: 1024,
      inNetwork: true,
    });
    props.database.grantConnect(this.http, 'app');
    props.keys.grantVerifyTokens(this.http);
    props.connections.grant(this.http, 'endSubscriptions');
    props.fanOut.grantSend(this.http);
    props.routes.add(api.workspaces, this.http);

    this.createWorkspace = new ServiceFunction(this, 'CreateWorkspace', {
      platform: props.platform,
      description: 'For operators: {name} makes a workspace and answers with its id and first API key',
      timeout: Duration.seconds(30),
      memoryMb: 512,
      inNetwork: true,
      alone: true,
    });
    props.database.grantConnect(this.createWorkspace, 'app');
  }
}
