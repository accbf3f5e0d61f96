import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { BucketDeployment, CacheControl, Source } from 'aws-cdk-lib/aws-s3-deployment';
import { CfnOutput, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { DataStack } from './data-stack.ts';
import { acknowledge, logicalId } from './platform/checks.ts';
import type { ServiceStack } from './service-stack.ts';
import { stackName, stackProps, type Stage } from './stage.ts';
import { Web } from './web.ts';

export interface WebStackProps {
  readonly stage: Stage;
  readonly data: DataStack;
  readonly service: ServiceStack;
  /** Folder of the built web app. */
  readonly page: string;
}

/** The stack of the public domain and the web app's files behind it. */
export class WebStack extends Stack {
  constructor(scope: Construct, props: WebStackProps) {
    const { stage, data, service, page } = props;
    super(scope, stackName(stage, 'Web'), stackProps(stage, 'the front and the web app'));
    const web = new Web(this, 'Web', {
      stage,
      origin: data.origin,
      httpHost: service.routes.host,
      socketHost: service.sockets.host,
      filesOrigin: data.files.origin,
    });
    this.#deploy(web, stage, page);
    new CfnOutput(this, 'Url', { value: web.url });
  }

  /**
   * Deploys files with a hash in their name first and keeps old ones, because open pages still request them. Then deploys the page
   * itself.
   */
  #deploy({ bucket, distribution }: Web, stage: Stage, folder: string): void {
    const logGroup = new LogGroup(this, 'DeployLogs', { retention: stage.logs.retention, removalPolicy: RemovalPolicy.DESTROY });
    const shared = { sources: [Source.asset(folder)], destinationBucket: bucket, prune: false, memoryLimit: 256, logGroup };
    const assets = new BucketDeployment(this, 'Assets', {
      ...shared,
      exclude: ['*'],
      include: ['assets/*'],
      cacheControl: [CacheControl.setPublic(), CacheControl.maxAge(Duration.days(365)), CacheControl.immutable()],
    });
    const page = new BucketDeployment(this, 'Page', {
      ...shared,
      exclude: ['assets/*'],
      cacheControl: [CacheControl.noCache()],
      distribution,
      distributionPaths: ['/*'],
    });
    page.node.addDependency(assets);
    acknowledgeCopier(page, bucket);
  }
}

/** The construct that copies files brings its own function, which cannot be configured here. */
function acknowledgeCopier(deployment: BucketDeployment, bucket: Bucket): void {
  const copier = deployment.handlerRole.node.scope;
  if (!copier) throw new Error('The function that copies the files has no construct around its role');
  const assets = 'arn:<AWS::Partition>:s3:::cdk-hnb659fds-assets-<AWS::AccountId>-<AWS::Region>';
  const findings = [
    'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole]',
    ...['GetBucket*', 'GetObject*', 'List*', 'Abort*', 'DeleteObject*'].map((action) => `AwsSolutions-IAM5[Action::s3:${action}]`),
    ...[`${assets}/*`, `<${logicalId(bucket)}.Arn>/*`, '*'].map((resource) => `AwsSolutions-IAM5[Resource::${resource}]`),
    'Serverless-LambdaDLQ',
    'Serverless-LambdaLatestVersion',
    'Serverless-LambdaTracing',
    'AwsSolutions-L1',
  ];
  for (const id of findings)
    acknowledge(
      copier,
      id,
      'A function of the CDK: copies the web app from its asset to the bucket and empties the cache, during a deployment',
    );
}
