import { AttributeType, BillingMode, Table } from 'aws-cdk-lib/aws-dynamodb';
import { RemovalPolicy } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { Stage } from '../stage.ts';
import type { ServiceFunction } from './service-function.ts';

/** What a function does with the table. */
const actions = {
  /** Notes when a workspace is to be looked after, and how many epochs it has closed. */
  noteDue: ['dynamodb:UpdateItem'],
  /** Finds what is due, and takes it away or notes it again. */
  takeDue: ['dynamodb:Query', 'dynamodb:PutItem', 'dynamodb:DeleteItem'],
  /** Finds which workspaces there is something new to learn from. */
  takeLearned: ['dynamodb:Query', 'dynamodb:UpdateItem'],
} as const;

/**
 * What the workers of memory tell each other, so that nobody asks Postgres whether there is anything to do: a database that is not asked
 * may sleep. Nothing is only here; what is lost is noted again by the next event of its stream.
 */
export class MemoryTable extends Construct {
  readonly table: Table;

  constructor(scope: Construct, id: string, props: { readonly stage: Stage }) {
    super(scope, id);
    this.table = new Table(this, 'Table', {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      timeToLiveAttribute: 'expiresAt',
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: props.stage.terminationProtection,
      removalPolicy: RemovalPolicy.RETAIN,
    });
  }

  /** Lets a function do one of the three things that are done with the table. */
  grant(fn: ServiceFunction, purpose: keyof typeof actions): void {
    fn.allow([...actions[purpose]], this.table.tableArn);
    fn.set('memoryTable', this.table.tableName);
  }
}
