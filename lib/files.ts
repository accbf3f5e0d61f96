import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { api } from '../contract/api.ts';
import type { Keys } from './keys.ts';
import type { Database } from './platform/database.ts';
import type { FilesBucket } from './platform/files-bucket.ts';
import type { HttpRoutes } from './platform/http-routes.ts';
import { type Platform, ServiceFunction } from './platform/service-function.ts';

export interface FilesProps {
  readonly platform: Platform;
  readonly routes: HttpRoutes;
  readonly database: Database;
  readonly keys: Keys;
  readonly bucket: FilesBucket;
}

/** HTTP function that authorizes uploads and downloads and signs their addresses. File contents never pass through a function. */
export class Files extends Construct {
  readonly http: ServiceFunction;

  constructor(scope: Construct, id: string, props: FilesProps) {
    super(scope, id);
    this.http = new ServiceFunction(this, 'Http', {
      platform: props.platform,
      description: 'Files of streams: announce, complete, read',
      timeout: Duration.seconds(20),
      memoryMb: 1024,
      inNetwork: true,
    });
    props.database.grantConnect(this.http, 'app');
    props.keys.grantVerifyTokens(this.http);
    props.bucket.grantExchange(this.http);
    props.routes.add(api.files, this.http);
  }
}
