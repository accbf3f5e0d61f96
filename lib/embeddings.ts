import { Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { EmbeddingSettings } from './memory-settings.ts';
import type { Stage } from './stage.ts';
import { acknowledge } from './platform/checks.ts';
import type { ServiceFunction } from './platform/service-function.ts';

/** The provider that turns text into vectors, as the stage configures it. */
export class Embeddings extends Construct {
  readonly #settings: EmbeddingSettings;

  constructor(scope: Construct, id: string, props: { readonly stage: Stage }) {
    super(scope, id);
    this.#settings = props.stage.embeddings;
  }

  /** Lets a function embed. The function must have the way out of the network, because the provider may lie outside. */
  grantUse(fn: ServiceFunction): void {
    const settings = this.#settings;
    fn.set('embeddingProvider', settings.provider);
    if (settings.provider === 'local') return;
    fn.set('embeddingModel', settings.model);
    fn.set('embeddingDimension', String(settings.dimension));
    if (settings.provider === 'bedrock') this.#allowModel(fn, settings.model);
    else {
      fn.set('embeddingUrl', settings.url);
      if (settings.secretArn !== undefined) {
        fn.allow(['secretsmanager:GetSecretValue'], settings.secretArn);
        fn.set('embeddingSecretArn', settings.secretArn);
      }
    }
  }

  /** An inference profile calls the model in any of its regions and needs the permission for the profile and for the model. */
  #allowModel(fn: ServiceFunction, id: string): void {
    const { region, account } = Stack.of(fn);
    const [, prefix = '', model = id] = /^([a-z]{2,6})\.([a-z0-9-]+\..+)$/.exec(id) ?? [];
    if (prefix === '') return fn.allow(['bedrock:InvokeModel'], `arn:aws:bedrock:${region}::foundation-model/${model}`);
    const regions = regionsOf[prefix];
    if (regions === undefined) throw new Error(`${id} is not an inference profile of ${Object.keys(regionsOf).join(', ')}`);
    const everywhere = `arn:aws:bedrock:${regions}::foundation-model/${model}`;
    fn.allow(['bedrock:InvokeModel'], `arn:aws:bedrock:${region}:${account}:inference-profile/${id}`, everywhere);
    acknowledge(fn.role, `AwsSolutions-IAM5[Resource::${everywhere}]`, 'One model, in the regions that its profile spreads calls over');
  }
}

/** Regions that the profiles of a prefix may call. A wildcard, because AWS adds regions to a profile over time. */
const regionsOf: Readonly<Record<string, string>> = {
  us: 'us-*',
  eu: 'eu-*',
  apac: 'ap-*',
  jp: 'ap-northeast-*',
  au: 'ap-southeast-*',
  ca: 'ca-*',
  global: '*',
};
