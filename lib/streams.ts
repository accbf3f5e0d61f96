import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { api } from '../contract/api.ts';
import type { Database } from './platform/database.ts';
import type { HttpRoutes } from './platform/http-routes.ts';
import { type Platform, ServiceFunction } from './platform/service-function.ts';
import type { SigningSecret } from './platform/signing-secret.ts';
import type { WorkQueue } from './platform/work-queue.ts';

export interface StreamsProps {
  readonly platform: Platform;
  readonly routes: HttpRoutes;
  readonly database: Database;
  readonly signing: SigningSecret;
  readonly fanOut: WorkQueue;
}

/** Streams and their events over HTTP. */
export class Streams extends Construct {
  readonly http: ServiceFunction;

  constructor(scope: Construct, id: string, props: StreamsProps) {
    super(scope, id);
    this.http = new ServiceFunction(this, 'Http', {
      platform: props.platform,
      description: 'Streams and their events: create, list, post, edit, delete',
      timeout: Duration.seconds(20),
      memoryMb: 1024,
      inNetwork: true,
    });
    props.database.grantConnect(this.http);
    props.signing.grantSign(this.http);
    props.fanOut.grantSend(this.http);
    props.routes.add(api.streams, this.http);
  }
}
