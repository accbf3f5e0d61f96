import { Bucket, HttpMethods } from 'aws-cdk-lib/aws-s3';
import { Duration, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { pendingTag } from '../../contract/file.ts';
import type { Stage } from '../stage.ts';
import { acknowledge } from './checks.ts';
import { privateBucket } from './private-bucket.ts';
import type { ServiceFunction } from './service-function.ts';

/**
 * The content of files. Browsers send and read it themselves, at addresses that a function signs; keys begin with the workspace's id. An
 * upload carries a tag until its file is complete, and whatever still carries it after a day is deleted.
 */
export class FilesBucket extends Construct {
  readonly bucket: Bucket;
  /** What the signed addresses begin with. */
  readonly origin: string;

  constructor(scope: Construct, id: string, props: { readonly stage: Stage }) {
    super(scope, id);
    this.bucket = new Bucket(this, 'Bucket', {
      ...privateBucket,
      serverAccessLogsBucket: this.#makeLogBucket(),
      cors: [
        {
          allowedOrigins: [pageOrigin(props.stage)],
          allowedMethods: [HttpMethods.GET, HttpMethods.HEAD, HttpMethods.PUT],
          allowedHeaders: ['content-type', 'if-none-match', 'x-amz-tagging'],
          exposedHeaders: ['ETag'],
          maxAge: 3600,
        },
      ],
      lifecycleRules: [
        {
          id: 'NeverCompleted',
          tagFilters: { [pendingTag.name]: pendingTag.value },
          expiration: Duration.days(1),
        },
        { id: 'BrokenOff', abortIncompleteMultipartUploadAfter: Duration.days(1) },
      ],
    });
    this.origin = `https://${this.bucket.bucketRegionalDomainName}`;
  }

  /**
   * Lets a function sign uploads and downloads of the workspaces' files, which is to be allowed them itself, and see what arrived. It may
   * list, because who may not is not told that an object is not there.
   */
  grantExchange(fn: ServiceFunction): void {
    const actions = ['PutObject', 'PutObjectTagging', 'GetObject', 'DeleteObjectTagging'];
    fn.allow(
      actions.map((action) => `s3:${action}`),
      this.bucket.arnForObjects('ws_*'),
    );
    fn.allow(['s3:ListBucket'], this.bucket.bucketArn);
    fn.set('filesBucket', this.bucket.bucketName);
    acknowledge(fn.role, `AwsSolutions-IAM5[Resource::${this.#exportedArn()}/ws_*]`, 'The files of all workspaces, and nothing else');
  }

  /** What another stack calls the bucket, as findings quote it. */
  #exportedArn(): string {
    const stack = Stack.of(this);
    const imported = stack.resolve(stack.exportValue(this.bucket.bucketArn)) as { 'Fn::ImportValue': string };
    return imported['Fn::ImportValue'];
  }

  #makeLogBucket(): Bucket {
    const logs = new Bucket(this, 'Logs', { ...privateBucket, lifecycleRules: [{ expiration: Duration.days(90) }] });
    acknowledge(logs, 'AwsSolutions-S1', 'It is the bucket of the logs');
    return logs;
  }
}

/**
 * Where the page comes from. The name that CloudFront gives is known only when everything else is made; and this only keeps other sites'
 * pages from using an address that they would have to know first.
 */
const pageOrigin = ({ domain }: Stage): string => (domain ? `https://${domain.name}` : 'https://*.cloudfront.net');
