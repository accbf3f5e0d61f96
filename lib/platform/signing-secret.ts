import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { RemovalPolicy } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { acknowledge } from './checks.ts';
import type { ServiceFunction } from './service-function.ts';

/** The secret from which the keys of user tokens and socket tickets are derived. A new value signs all users out. */
export class SigningSecret extends Construct {
  readonly #secret: Secret;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.#secret = new Secret(this, 'Secret', {
      description: 'What the signatures of tokens and tickets are made with',
      generateSecretString: { passwordLength: 64, excludePunctuation: true },
      removalPolicy: RemovalPolicy.RETAIN,
    });
    acknowledge(this.#secret, 'AwsSolutions-SMG4', 'A new value ends every session: changed by hand, as docs/deploy.md says');
  }

  /** Lets a function sign and verify. */
  grantSign(fn: ServiceFunction): void {
    fn.allow(['secretsmanager:GetSecretValue'], this.#secret.secretArn);
    fn.set('signingSecretArn', this.#secret.secretArn);
  }
}
