import { AttributeType, BillingMode, Table } from 'aws-cdk-lib/aws-dynamodb';
import { RemovalPolicy } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { Stage } from '../stage.ts';
import type { ServiceFunction } from './service-function.ts';

/** What a function does with the table. */
const actions = {
  /** Notes a used ticket. */
  useTickets: ['dynamodb:PutItem'],
  /** Adds, changes and removes connections and their rooms. */
  keepConnections: ['dynamodb:GetItem', 'dynamodb:UpdateItem', 'dynamodb:BatchWriteItem'],
  /** Finds who is in a room, removes who is gone or may hear it no more. */
  tellRooms: ['dynamodb:Query', 'dynamodb:GetItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem', 'dynamodb:BatchWriteItem'],
  /** Asks whether the table answers. */
  probe: ['dynamodb:GetItem'],
} as const;

/** Who is connected and which rooms they hear; used tickets too. Everything in it expires by itself. */
export class ConnectionsTable extends Construct {
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

  /** Lets a function do one of the four things that are done with the table. */
  grant(fn: ServiceFunction, purpose: keyof typeof actions): void {
    fn.allow([...actions[purpose]], this.table.tableArn);
    fn.set('connectionsTable', this.table.tableName);
  }
}
