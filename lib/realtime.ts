import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { api } from '../contract/api.ts';
import type { Keys } from './keys.ts';
import type { ConnectionsTable } from './platform/connections-table.ts';
import type { Database } from './platform/database.ts';
import type { HttpRoutes } from './platform/http-routes.ts';
import { type Platform, ServiceFunction } from './platform/service-function.ts';
import { Sockets } from './platform/sockets.ts';
import { WorkQueue } from './platform/work-queue.ts';

export interface RealtimeProps {
  readonly platform: Platform;
  readonly routes: HttpRoutes;
  readonly database: Database;
  readonly keys: Keys;
  readonly connections: ConnectionsTable;
}

/** Tickets, sockets, and the fan-out of committed events to subscribers. */
export class Realtime extends Construct {
  readonly sockets: Sockets;
  readonly http: ServiceFunction;
  readonly authorize: ServiceFunction;
  readonly socket: ServiceFunction;
  readonly fanOut: ServiceFunction;
  /** Messages to rooms; the group is the room. */
  readonly fanOutQueue: WorkQueue;

  constructor(scope: Construct, id: string, props: RealtimeProps) {
    super(scope, id);
    const { platform } = props;
    this.sockets = new Sockets(this, 'Sockets', platform);

    this.http = new ServiceFunction(this, 'Http', {
      platform,
      description: 'Hands out tickets for sockets',
      timeout: Duration.seconds(10),
      memoryMb: 512,
      inNetwork: true,
      // A ticket takes one short read; the connections of the database are for the others.
      environments: 15,
    });
    props.database.grantConnect(this.http, 'app');
    props.keys.grantVerifyTokens(this.http);
    props.keys.grantSignTickets(this.http);
    this.sockets.tell(this.http);
    props.routes.add({ ...api.realtime, readWsAuth: api.kit.readWsAuth }, this.http);

    this.authorize = new ServiceFunction(this, 'Authorize', {
      platform,
      description: 'Lets a socket open when its ticket is good and unused',
      timeout: Duration.seconds(10),
      memoryMb: 512,
      inNetwork: false,
    });
    props.keys.grantVerifyTickets(this.authorize);
    props.connections.grant(this.authorize, 'useTickets');

    this.fanOut = new ServiceFunction(this, 'FanOut', {
      platform,
      description: 'Posts what was committed to the sockets of its room',
      timeout: Duration.seconds(30),
      memoryMb: 1769,
      inNetwork: false,
    });
    props.connections.grant(this.fanOut, 'tellRooms');
    this.sockets.grantPost(this.fanOut);
    this.fanOutQueue = new WorkQueue(this, 'FanOutQueue', {
      alarms: platform.alarms,
      worker: this.fanOut,
      maxConcurrency: platform.stage.fanOutConcurrency,
      variable: 'fanOutQueueUrl',
      late: { after: Duration.seconds(30), runbook: 'fan-out-late' },
    });

    this.socket = new ServiceFunction(this, 'Socket', {
      platform,
      description: 'Answers the frames of sockets',
      timeout: Duration.seconds(20),
      memoryMb: 1024,
      inNetwork: true,
    });
    props.database.grantConnect(this.socket, 'app');
    props.connections.grant(this.socket, 'keepConnections');
    this.fanOutQueue.grantSend(this.socket);
    this.sockets.connect(this.authorize, this.socket, props.keys);
  }
}
