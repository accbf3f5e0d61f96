import { CfnOutput, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { Auth } from './auth.ts';
import { Overview } from './dashboard.ts';
import type { DataStack } from './data-stack.ts';
import { Embeddings } from './embeddings.ts';
import { Epochs } from './epochs.ts';
import { Files } from './files.ts';
import { Keys } from './keys.ts';
import { Kit } from './kit.ts';
import { Notifications } from './notifications.ts';
import { Operations } from './operations.ts';
import { Alarms } from './platform/alarms.ts';

import { HttpRoutes } from './platform/http-routes.ts';
import { Migrations } from './platform/migrations.ts';
import { ServiceFunction } from './platform/service-function.ts';
import type { Sockets } from './platform/sockets.ts';
import { Realtime } from './realtime.ts';
import { Retention } from './retention.ts';
import { stackName, stackProps, type Stage } from './stage.ts';
import { Streams } from './streams.ts';
import { Transfer } from './transfer.ts';
import { Workspaces } from './workspaces.ts';

export interface ServiceStackProps {
  readonly stage: Stage;
  readonly data: DataStack;
  /** Folder of the functions' bundles. */
  readonly code: string;
}

/** The stack of everything that computes. It holds no state and can be recreated at any time. */
export class ServiceStack extends Stack {
  readonly routes: HttpRoutes;
  readonly sockets: Sockets;

  constructor(scope: Construct, props: ServiceStackProps) {
    const { stage, code } = props;
    const { network, database, connections, files, memory, qdrant } = props.data;
    super(scope, stackName(stage, 'Service'), stackProps(stage, 'functions, gateways, queues, schedules, alarms'));
    const alarms = new Alarms(this, 'Alarms', { stage });
    const platform = { stage, code, alarms, network };
    const keys = new Keys(this, 'Keys', { platform, secrets: props.data });
    const routes = new HttpRoutes(this, 'Routes', { stage, alarms, keys });

    const realtime = new Realtime(this, 'Realtime', { platform, routes, database, keys, connections });
    const fanOut = realtime.fanOutQueue;
    const streams = new Streams(this, 'Streams', { platform, routes, database, connections, keys, fanOut });
    streams.followUpQueue.grantSend(realtime.fanOut);
    streams.sharesQueue.grantSend(realtime.fanOut);
    const notifications = new Notifications(this, 'Notifications', { platform, routes, database, keys, connections, fanOut });
    notifications.notifyQueue.grantSend(realtime.fanOut);
    const workspaces = new Workspaces(this, 'Workspaces', { platform, routes, database, connections, keys, fanOut });
    new Files(this, 'Files', { platform, routes, database, keys, bucket: files });
    const transfer = new Transfer(this, 'Transfer', { platform, routes, database });
    const epochs = new Epochs(this, 'Epochs', {
      platform,
      routes,
      database,
      keys,
      memory,
      qdrant,
      embeddings: new Embeddings(this, 'Embeddings', { stage }),
      fanOut,
    });
    for (const fn of [realtime.fanOut, realtime.socket, transfer.http]) epochs.epochsQueue.grantSend(fn);
    const live = { platform, routes, database, keys, connections, fanOut };
    const retention = new Retention(this, 'Retention', { ...live, memory, files, embeddings: epochs.embeddingsQueue });
    retention.queue.grantSend(streams.http);
    new Kit(this, 'Kit', { platform, routes, database, keys, connections, fanOut });
    new Auth(this, 'Auth', { platform, routes, database, keys, connections, fanOut });
    new Operations(this, 'Operations', { platform, routes, database, connections, qdrant, fanOut });

    const functions = ServiceFunction.allIn(this);
    const migrations = new Migrations(this, 'Platform', { platform, database });
    migrations.before(...functions);
    new Overview(this, 'Overview', {
      stage,
      alarms,
      http: routes.api,
      sockets: realtime.sockets.api,
      fanOut,
      followUps: streams.followUpQueue,
      shares: streams.sharesQueue,
      epochs: epochs.epochsQueue,
      embeddings: epochs.embeddingsQueue,
      database: database.instance,
      functions,
    });

    this.routes = routes;
    this.sockets = realtime.sockets;
    new CfnOutput(this, 'HttpUrl', { value: `https://${routes.host}` });
    new CfnOutput(this, 'RealtimeUrl', { value: realtime.sockets.url });
    new CfnOutput(this, 'CreateWorkspaceFunction', { value: workspaces.createWorkspace.functionName });
  }
}
