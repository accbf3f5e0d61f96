import { CustomResource, Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { DataStack } from './data-stack.ts';
import { type Platform, ServiceFunction } from './platform/service-function.ts';

export interface KeysProps {
  readonly platform: Platform;
  readonly secrets: Pick<DataStack, 'userTokens' | 'tickets' | 'origin' | 'vapid'>;
}

/**
 * Keys of tokens and tickets, and the proof that a request comes through the front. A signer reads the secret of its one purpose. Verifiers
 * get public keys and hashes as environment variables: a function of the deployment derives them from the secrets.
 */
export class Keys extends Construct {
  readonly publish: ServiceFunction;
  readonly #secrets: KeysProps['secrets'];
  readonly #published: CustomResource;

  constructor(scope: Construct, id: string, { platform, secrets }: KeysProps) {
    super(scope, id);
    this.#secrets = secrets;
    this.publish = new ServiceFunction(this, 'Publish', {
      platform,
      description: 'For the deployment: derives the public keys that verifiers get',
      timeout: Duration.seconds(30),
      memoryMb: 512,
      inNetwork: false,
    });
    for (const secret of [secrets.userTokens, secrets.tickets, secrets.origin, secrets.vapid]) secret.grantRead(this.publish);
    this.#published = new CustomResource(this, 'Published', {
      resourceType: 'Custom::PublicKeys',
      serviceToken: this.publish.functionArn,
      serviceTimeout: Duration.minutes(2),
      // CloudFormation asks again only when a property changes.
      properties: { keys: platform.stage.keys, purposes: 4 },
    });
    // The permission to read the secrets must be there before CloudFormation asks.
    this.#published.node.addDependency(this.publish.role);
  }

  /** Lets a function sign user tokens. */
  grantSignTokens(fn: ServiceFunction): void {
    this.#secrets.userTokens.grantRead(fn);
    this.grantVerifyTokens(fn);
  }

  /** Gives a function the public keys of user tokens. */
  grantVerifyTokens(fn: ServiceFunction): void {
    fn.set('userTokenPublicKeys', this.#published.getAttString('userTokens'));
  }

  /** Lets a function sign tickets for sockets. */
  grantSignTickets(fn: ServiceFunction): void {
    this.#secrets.tickets.grantRead(fn);
    this.grantVerifyTickets(fn);
  }

  /** Gives a function the public keys of tickets. */
  grantVerifyTickets(fn: ServiceFunction): void {
    fn.set('ticketPublicKeys', this.#published.getAttString('tickets'));
  }

  /** Lets a function sign for push services. */
  grantSignPushes(fn: ServiceFunction): void {
    this.#secrets.vapid.grantRead(fn);
  }

  /** Gives a function the public keys that browsers subscribe with, the current one first. */
  grantTellVapid(fn: ServiceFunction): void {
    fn.set('vapidPublicKeys', this.#published.getAttString('vapid'));
  }

  /** Gives a function the hashes of the secret that the front adds to its requests. */
  grantCheckOrigin(fn: ServiceFunction): void {
    fn.set('originSecretHashes', this.#published.getAttString('originHashes'));
  }
}
