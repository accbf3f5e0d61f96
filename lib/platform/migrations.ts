import { Duration } from 'aws-cdk-lib/core';
import { Trigger } from 'aws-cdk-lib/triggers';
import { Construct } from 'constructs';
import type { Database } from './database.ts';
import { type Platform, ServiceFunction } from './service-function.ts';

/** Runs the migrations during a deployment, before any function gets its new code. A failed migration stops the deployment. */
export class Migrations extends Construct {
  readonly migrate: ServiceFunction;
  readonly #trigger: Trigger;

  constructor(scope: Construct, id: string, props: { readonly platform: Platform; readonly database: Database }) {
    super(scope, id);
    const timeout = Duration.minutes(10);
    this.migrate = new ServiceFunction(this, 'Migrate', {
      platform: props.platform,
      description: 'Brings the database to the schema that this version needs',
      timeout,
      memoryMb: 512,
      inNetwork: true,
      alone: true,
    });
    props.database.grantOwn(this.migrate);
    this.#trigger = new Trigger(this, 'Trigger', { handler: this.migrate, timeout });
  }

  /** Makes functions depend on the migrations. */
  before(...functions: ServiceFunction[]): void {
    this.#trigger.executeBefore(...functions);
  }
}
