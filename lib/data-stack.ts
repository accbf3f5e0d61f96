import { Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { ConnectionsTable } from './platform/connections-table.ts';
import { Database } from './platform/database.ts';
import { FilesBucket } from './platform/files-bucket.ts';
import { KeySecret } from './platform/key-secret.ts';
import { MemoryTable } from './platform/memory-table.ts';
import { Network } from './platform/network.ts';
import { Qdrant } from './platform/qdrant.ts';
import { stackName, stackProps, type Stage } from './stage.ts';

/** The stack of everything that holds state. It changes rarely; deleting the stack or replacing a resource keeps the data. */
export class DataStack extends Stack {
  readonly network: Network;
  readonly database: Database;
  readonly connections: ConnectionsTable;
  readonly files: FilesBucket;
  readonly memory: MemoryTable;
  readonly qdrant: Qdrant;
  /** Each is read by its one signer only, and by the function of the deployment that derives the public keys. */
  readonly userTokens: KeySecret;
  readonly tickets: KeySecret;
  /** Keys that prove to push services who sends. */
  readonly vapid: KeySecret;
  /** Secret that CloudFront adds to its requests to the gateways. */
  readonly origin: KeySecret;

  constructor(scope: Construct, props: { readonly stage: Stage }) {
    const { stage } = props;
    super(scope, stackName(stage, 'Data'), stackProps(stage, 'network, database, tables, files, index, secrets'));
    this.network = new Network(this, 'Network', { stage });
    this.database = new Database(this, 'Database', { stage, network: this.network });
    this.connections = new ConnectionsTable(this, 'Connections', { stage });
    this.files = new FilesBucket(this, 'Files', { stage });
    this.memory = new MemoryTable(this, 'Memory', { stage });
    this.qdrant = new Qdrant(this, 'Qdrant', { stage, network: this.network });
    const seed = { field: 'seed', listField: 'verifyOnly' };
    this.userTokens = new KeySecret(this, 'UserTokens', { ...seed, description: 'Key of user tokens', variable: 'userTokenSecretArn' });
    this.tickets = new KeySecret(this, 'Tickets', { ...seed, description: 'Key of tickets for sockets', variable: 'ticketSecretArn' });
    this.vapid = new KeySecret(this, 'Vapid', { ...seed, description: 'Key of notifications to browsers', variable: 'vapidSecretArn' });
    this.origin = new KeySecret(this, 'Origin', {
      field: 'value',
      listField: 'alsoAccepted',
      description: 'Proof that a request to a gateway comes through CloudFront',
      variable: 'originSecretArn',
    });
  }
}
