import { AttributeType, BillingMode, Table } from 'aws-cdk-lib/aws-dynamodb';
import { RemovalPolicy } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { Stage } from '../stage.ts';
import type { ServiceFunction } from './service-function.ts';

/** Actions that each purpose needs. */
const actions = {
  /** Marks a ticket as used. */
  useTickets: ['dynamodb:PutItem'],
  /** Adds, changes and removes connections and their rooms. */
  keepConnections: ['dynamodb:GetItem', 'dynamodb:UpdateItem', 'dynamodb:BatchWriteItem'],
  /** Lists the connections of a room and removes those that are gone or have lost access. */
  tellRooms: ['dynamodb:Query', 'dynamodb:GetItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem', 'dynamodb:BatchWriteItem'],
  /** Renews and reads presence, leases numbers of workers, remembers sessions; keeps drafts. */
  serveKit: ['dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:Query'],
  /** Reads presence. */
  readPresence: ['dynamodb:BatchGetItem'],
  /** Ends subscriptions of members who lose access. */
  endSubscriptions: ['dynamodb:Query', 'dynamodb:GetItem', 'dynamodb:BatchWriteItem'],
  /** Checks that the table answers. */
  probe: ['dynamodb:GetItem'],
} as const;

/** Connections with their rooms, used tickets, presence and drafts. Every item expires by itself. */
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

  /** Grants the actions of one purpose. */
  grant(fn: ServiceFunction, purpose: keyof typeof actions): void {
    fn.allow([...actions[purpose]], this.table.tableArn);
    fn.set('connectionsTable', this.table.tableName);
  }
}
