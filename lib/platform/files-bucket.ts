import { Bucket, HttpMethods } from 'aws-cdk-lib/aws-s3';
import { Duration, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { pendingTag } from '../../contract/file.ts';
import type { Stage } from '../stage.ts';
import { acknowledge } from './checks.ts';
import { privateBucket } from './private-bucket.ts';
import type { ServiceFunction } from './service-function.ts';

/**
 * Bucket of file contents. Browsers upload and download directly, at addresses that a function signs. Keys begin with the workspace's id.
 * An upload carries a tag until its file is complete; a lifecycle rule deletes tagged objects after a day.
 */
export class FilesBucket extends Construct {
  readonly bucket: Bucket;
  /** Origin of the signed addresses. */
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
   * Lets a function sign uploads and downloads, which needs both permissions itself, and inspect uploaded objects. Listing is granted
   * because S3 answers 403 instead of 404 for a missing object without it.
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

  /** Lets a function delete objects, so that their signed addresses stop answering. */
  grantRemove(fn: ServiceFunction): void {
    fn.allow(['s3:DeleteObject'], this.bucket.arnForObjects('ws_*'));
    fn.set('filesBucket', this.bucket.bucketName);
    acknowledge(fn.role, `AwsSolutions-IAM5[Resource::${this.#exportedArn()}/ws_*]`, 'The files of all workspaces, and nothing else');
  }

  /** Name under which another stack imports the bucket, as findings quote it. */
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
 * Origin of the page. CloudFront's own name is known only after everything else exists, so without a domain all of cloudfront.net is
 * allowed. That is acceptable: another site would first have to know a signed address.
 */
const pageOrigin = ({ domain }: Stage): string => (domain ? `https://${domain.name}` : 'https://*.cloudfront.net');
