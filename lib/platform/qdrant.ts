import { type IMetric, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { CfnOutput, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { Stage } from '../stage.ts';
import { acknowledge } from './checks.ts';
import type { Network } from './network.ts';
import { QdrantInstance } from './qdrant-instance.ts';
import type { ServiceFunction } from './service-function.ts';

/** The index of memory: a machine of our own, or an address elsewhere. It can be rebuilt from Postgres. */
export class Qdrant extends Construct {
  /** Health of the machine: 0 is healthy. Undefined for an address elsewhere. */
  readonly statusCheck: IMetric | undefined;
  readonly #url: string;
  readonly #secretArn: string | undefined;

  constructor(scope: Construct, id: string, props: { readonly stage: Stage; readonly network: Network }) {
    super(scope, id);
    const { qdrant } = props.stage;
    if (qdrant.kind === 'address') {
      this.#url = qdrant.url;
      this.#secretArn = qdrant.secretArn;
      return;
    }
    const key = this.#makeKey();
    const { url, instance, bucket } = new QdrantInstance(this, 'Machine', {
      ...props,
      key,
      instance: qdrant.instance,
      volumeGiB: qdrant.volumeGiB,
    });
    new CfnOutput(Stack.of(this), 'QdrantBucket', { value: bucket.bucketName });
    new CfnOutput(Stack.of(this), 'QdrantInstance', { value: instance.ref });
    this.#url = url;
    this.#secretArn = key.secretArn;
    this.statusCheck = new Metric({
      namespace: 'AWS/EC2',
      metricName: 'StatusCheckFailed',
      dimensionsMap: { InstanceId: instance.ref },
      period: Duration.minutes(1),
      statistic: 'Maximum',
    });
  }

  /** Lets a function query and write. The function must reach out, because the index may lie outside of the network. */
  grantUse(fn: ServiceFunction): void {
    this.grantProbe(fn);
    if (this.#secretArn === undefined) return;
    fn.allow(['secretsmanager:GetSecretValue'], this.#secretArn);
    fn.set('qdrantSecretArn', this.#secretArn);
  }

  /** Lets a function probe the health endpoint, which needs no key. */
  grantProbe(fn: ServiceFunction): void {
    fn.set('qdrantUrl', this.#url);
  }

  #makeKey(): Secret {
    const key = new Secret(this, 'Key', {
      description: 'What functions show to Qdrant',
      generateSecretString: { passwordLength: 48, excludePunctuation: true },
      removalPolicy: RemovalPolicy.RETAIN,
    });
    acknowledge(key, 'AwsSolutions-SMG4', 'Changed by hand, as docs/deploy.md says: the machine reads it when it starts');
    return key;
  }
}
