import { InstanceType, Port, SecurityGroup, SubnetType } from 'aws-cdk-lib/aws-ec2';
import {
  CaCertificate,
  Credentials,
  DatabaseInstance,
  DatabaseInstanceEngine,
  ParameterGroup,
  PostgresEngineVersion,
  StorageType,
} from 'aws-cdk-lib/aws-rds';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Duration, RemovalPolicy } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { type DatabasePurpose, databaseRoles } from '../../contract/names.ts';
import type { Stage } from '../stage.ts';
import { acknowledge } from './checks.ts';
import type { Network } from './network.ts';
import type { ServiceFunction } from './service-function.ts';

const databaseName = 'streambed';
/** Owns the tables and runs the migrations; the functions connect as `databaseRoles`, which row-level security binds. */
const ownerRole = 'streambed_owner';

/** Postgres in the isolated subnets, and the secrets of its roles. */
export class Database extends Construct {
  readonly instance: DatabaseInstance;
  readonly #stage: Stage;
  readonly #owner: Secret;
  readonly #roles: Readonly<Record<DatabasePurpose, Secret>>;

  constructor(scope: Construct, id: string, props: { readonly stage: Stage; readonly network: Network }) {
    super(scope, id);
    this.#stage = props.stage;
    this.#owner = this.#makeSecret('OwnerSecret', ownerRole);
    this.#roles = {
      app: this.#makeSecret('AppSecret', databaseRoles.app),
      worker: this.#makeSecret('WorkerSecret', databaseRoles.worker),
      search: this.#makeSecret('SearchSecret', databaseRoles.search),
      operations: this.#makeSecret('OperationsSecret', databaseRoles.operations),
    };
    this.instance = this.#makeInstance(props.network);
    for (const secret of [this.#owner, ...Object.values(this.#roles)]) {
      acknowledge(
        secret,
        'AwsSolutions-SMG4',
        'Rotated by hand as docs/deploy.md says: a rotation function would need its own way into the network',
      );
    }
    acknowledge(
      this.instance,
      'AwsSolutions-RDS11',
      'Only the security group of the functions reaches the port; another number would hide nothing',
    );
    if (props.stage.name !== 'prod') {
      acknowledge(this.instance, 'AwsSolutions-RDS3', 'Only prod pays for a second zone');
      acknowledge(this.instance, 'AwsSolutions-RDS10', 'Only prod is protected: a dev stage may be destroyed, and leaves a snapshot');
    }
  }

  /** Lets a function connect as the role of its purpose. */
  grantConnect(fn: ServiceFunction, purpose: DatabasePurpose): void {
    const { secretArn } = this.#roles[purpose];
    this.#addTo(fn);
    fn.allow(['secretsmanager:GetSecretValue'], secretArn);
    fn.set('databaseSecretArn', secretArn);
  }

  /** Lets the migration function connect as the owner of the schema, and set the passwords of the functions' roles. */
  grantOwn(fn: ServiceFunction): void {
    this.#addTo(fn);
    const roles = Object.values(this.#roles).map(({ secretArn }) => secretArn);
    fn.allow(['secretsmanager:GetSecretValue'], this.#owner.secretArn, ...roles);
    fn.set('databaseOwnerSecretArn', this.#owner.secretArn);
    fn.set('databaseRoleSecretArns', roles.join(','));
  }

  #addTo(fn: ServiceFunction): void {
    fn.set('databaseUrl', `postgres://${this.instance.dbInstanceEndpointAddress}:${this.instance.dbInstanceEndpointPort}/${databaseName}`);
    fn.set('databaseTls', this.#stage.database.tls);
  }

  #makeSecret(id: string, username: string): Secret {
    return new Secret(this, id, {
      description: `Password of the database role ${username}`,
      generateSecretString: {
        secretStringTemplate: JSON.stringify({ username }),
        generateStringKey: 'password',
        passwordLength: 40,
        excludePunctuation: true,
      },
      removalPolicy: RemovalPolicy.RETAIN,
    });
  }

  #makeInstance({ vpc, functions }: Network): DatabaseInstance {
    const { database } = this.#stage;
    const engine = DatabaseInstanceEngine.postgres({ version: PostgresEngineVersion.VER_17 });
    const securityGroup = new SecurityGroup(this, 'SecurityGroup', { vpc, description: 'Postgres', allowAllOutbound: false });
    securityGroup.addIngressRule(functions, Port.POSTGRES, 'Functions connect');
    return new DatabaseInstance(this, 'Instance', {
      engine,
      instanceType: new InstanceType(database.instance),
      vpc,
      vpcSubnets: { subnetType: SubnetType.PRIVATE_ISOLATED },
      securityGroups: [securityGroup],
      port: 5432,
      databaseName,
      credentials: Credentials.fromSecret(this.#owner, ownerRole),
      caCertificate: CaCertificate.RDS_CA_RSA2048_G1,
      parameterGroup: new ParameterGroup(this, 'Parameters', {
        engine,
        description: 'Postgres of Streambed: TLS only, slow statements logged',
        parameters: {
          'rds.force_ssl': '1',
          log_min_duration_statement: '500',
          // Statements are logged without their parameters, because these are what people wrote.
          log_parameter_max_length: '0',
          // A week, on the instance itself.
          'rds.log_retention_period': '10080',
          idle_in_transaction_session_timeout: '60000',
        },
      }),
      storageType: StorageType.GP3,
      allocatedStorage: database.storageGiB,
      maxAllocatedStorage: database.maxStorageGiB,
      storageEncrypted: true,
      multiAz: database.multiAz,
      backupRetention: Duration.days(database.backupDays),
      copyTagsToSnapshot: true,
      deletionProtection: database.deletionProtection,
      deleteAutomatedBackups: false,
      autoMinorVersionUpgrade: true,
      removalPolicy: database.deletionProtection ? RemovalPolicy.RETAIN : RemovalPolicy.SNAPSHOT,
    });
  }
}
