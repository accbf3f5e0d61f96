import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { RemovalPolicy } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { env } from '../../contract/names.ts';
import { acknowledge } from './checks.ts';
import type { ServiceFunction } from './service-function.ts';

export interface KeySecretProps {
  readonly description: string;
  /** Field of the secret's JSON that holds the random text; a field beside it holds a list of further texts. */
  readonly field: string;
  readonly listField: string;
  /** Environment variable that names the secret, for its readers. */
  readonly variable: keyof typeof env;
}

/** A secret of one purpose, as JSON. docs/runbook.md says how its value is changed without refusing anybody. */
export class KeySecret extends Construct {
  readonly #secret: Secret;
  readonly #props: KeySecretProps;

  constructor(scope: Construct, id: string, props: KeySecretProps) {
    super(scope, id);
    this.#props = props;
    this.#secret = new Secret(this, 'Secret', {
      description: props.description,
      generateSecretString: {
        secretStringTemplate: JSON.stringify({ [props.listField]: [] }),
        generateStringKey: props.field,
        passwordLength: 64,
        excludePunctuation: true,
      },
      removalPolicy: RemovalPolicy.RETAIN,
    });
    acknowledge(this.#secret, 'AwsSolutions-SMG4', 'Changed by hand in steps, with a deployment between them, as docs/runbook.md says');
  }

  /** Reference to the random text, which CloudFormation resolves during a deployment. The text stands in no template. */
  get reference(): string {
    return this.#secret.secretValueFromJson(this.#props.field).unsafeUnwrap();
  }

  /** Lets a function read the secret. */
  grantRead(fn: ServiceFunction): void {
    fn.allow(['secretsmanager:GetSecretValue'], this.#secret.secretArn);
    fn.set(this.#props.variable, this.#secret.secretArn);
  }
}
