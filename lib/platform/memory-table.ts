import { AttributeType, BillingMode, Table } from 'aws-cdk-lib/aws-dynamodb';
import { RemovalPolicy } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { Stage } from '../stage.ts';
import type { ServiceFunction } from './service-function.ts';

/** Actions that each purpose needs. */
const actions = {
  /** Records when a workspace is due, and how many epochs it has closed. */
  noteDue: ['dynamodb:UpdateItem'],
  /** Lists the due workspaces, and removes or reschedules them. */
  takeDue: ['dynamodb:Query', 'dynamodb:PutItem', 'dynamodb:DeleteItem'],
  /** Lists workspaces with new text to learn from, and marks them as handled. */
  takeLearned: ['dynamodb:Query', 'dynamodb:UpdateItem'],
} as const;

/**
 * Work lists of the memory workers, kept out of Postgres so that an idle database can pause. Nothing is only here: the next event of a
 * stream records a lost entry again.
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

  /** Grants the actions of one purpose. */
  grant(fn: ServiceFunction, purpose: keyof typeof actions): void {
    fn.allow([...actions[purpose]], this.table.tableArn);
    fn.set('memoryTable', this.table.tableName);
  }
}
