import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { api } from '../contract/api.ts';
import type { Keys } from './keys.ts';
import type { ConnectionsTable } from './platform/connections-table.ts';
import type { Database } from './platform/database.ts';
import type { HttpRoutes } from './platform/http-routes.ts';
import { type Platform, ServiceFunction } from './platform/service-function.ts';
import type { WorkQueue } from './platform/work-queue.ts';

export interface KitProps {
  readonly platform: Platform;
  readonly routes: HttpRoutes;
  readonly database: Database;
  readonly keys: Keys;
  readonly connections: ConnectionsTable;
  readonly fanOut: WorkQueue;
}

/** The surfaces of the React kit: views on streams, members, events and sockets. */
export class Kit extends Construct {
  readonly http: ServiceFunction;

  constructor(scope: Construct, id: string, props: KitProps) {
    super(scope, id);
    this.http = new ServiceFunction(this, 'Http', {
      platform: props.platform,
      description: 'What a React chat kit asks for',
      timeout: Duration.seconds(20),
      memoryMb: 1024,
      inNetwork: true,
    });
    props.database.grantConnect(this.http, 'app');
    props.keys.grantVerifyTokens(this.http);
    props.connections.grant(this.http, 'serveKit');
    props.fanOut.grantSend(this.http);
    // Tickets are signed by one function alone, and devices are of notifications.
    const { readWsAuth: _ticket, registerSubscription: _put, listSubscriptions: _list, deleteSubscription: _delete, ...routes } = api.kit;
    props.routes.add(routes, this.http);
  }
}
