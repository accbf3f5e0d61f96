import type { GeneratedSecret, IndexDefinition, KeyDefinition, SecretDefinition, TableDefinition } from '../definitions.ts';
import { describeResource, type Resource } from './assembly.ts';
import type { Resolver } from './resolver.ts';

interface RawKey {
  readonly AttributeName: string;
  readonly KeyType: 'HASH' | 'RANGE';
}

interface RawIndex {
  readonly IndexName: string;
  readonly KeySchema: readonly RawKey[];
  readonly Projection: { ProjectionType?: 'ALL' | 'KEYS_ONLY' | 'INCLUDE'; NonKeyAttributes?: readonly string[] };
}

interface TableProperties {
  readonly KeySchema: readonly RawKey[];
  readonly AttributeDefinitions: readonly { AttributeName: string; AttributeType: 'S' | 'N' | 'B' }[];
  readonly GlobalSecondaryIndexes?: readonly RawIndex[];
  readonly LocalSecondaryIndexes?: readonly RawIndex[];
  readonly TimeToLiveSpecification?: { AttributeName: string; Enabled: boolean };
  readonly StreamSpecification?: unknown;
}

/** Reads the tables. */
export function readTables(resolver: Resolver): TableDefinition[] {
  return [...resolver.resources('AWS::DynamoDB::Table'), ...resolver.resources('AWS::DynamoDB::GlobalTable')].map((resource) => {
    const properties = resolver.properties(resource) as unknown as TableProperties;
    if (properties.StreamSpecification !== undefined)
      throw new Error(`${describeResource(resource)}: the local runner has no DynamoDB streams`);
    const ttl = properties.TimeToLiveSpecification;
    return {
      name: resolver.ref(resource),
      arn: resolver.attribute(resource, 'Arn'),
      keySchema: keysOf(properties.KeySchema),
      attributeDefinitions: properties.AttributeDefinitions.map(({ AttributeName, AttributeType }) => ({
        name: AttributeName,
        type: AttributeType,
      })),
      globalSecondaryIndexes: properties.GlobalSecondaryIndexes?.map(indexOf),
      localSecondaryIndexes: properties.LocalSecondaryIndexes?.map(indexOf),
      ttlAttribute: ttl?.Enabled === true ? ttl.AttributeName : undefined,
    };
  });
}

const keysOf = (keys: readonly RawKey[]): KeyDefinition[] =>
  keys.map(({ AttributeName, KeyType }) => ({ name: AttributeName, type: KeyType }));

const indexOf = (index: RawIndex): IndexDefinition => ({
  name: index.IndexName,
  keySchema: keysOf(index.KeySchema),
  projection: { type: index.Projection.ProjectionType ?? 'ALL', attributes: index.Projection.NonKeyAttributes },
});

interface RawGenerate {
  readonly [name: string]: unknown;
}

/** Reads the secrets, with their generated values and database attachments. */
export function readSecrets(resolver: Resolver): SecretDefinition[] {
  const attachments = new Map(
    resolver
      .resources('AWS::SecretsManager::SecretTargetAttachment')
      .map((resource) => [attachedSecret(resource, resolver), databaseOf(resource, resolver)]),
  );
  return resolver.resources('AWS::SecretsManager::Secret').map((resource) => {
    const properties = resolver.properties(resource) as { SecretString?: string; GenerateSecretString?: RawGenerate };
    const arn = resolver.ref(resource);
    return {
      name: arn.split(':secret:')[1]?.replace(/-[^-]{6}$/, '') ?? arn,
      arn,
      value:
        properties.SecretString === undefined
          ? { generate: generateOf(properties.GenerateSecretString ?? {}) }
          : { text: properties.SecretString },
      attachment: attachments.get(arn),
    };
  });
}

/** Converts the property names of CloudFormation (`PasswordLength`) into the API's (`passwordLength`). */
function generateOf(raw: RawGenerate): GeneratedSecret {
  return Object.fromEntries(Object.entries(raw).map(([name, value]) => [`${name.charAt(0).toLowerCase()}${name.slice(1)}`, value]));
}

const attachedSecret = (resource: Resource, resolver: Resolver): string => (resolver.properties(resource) as { SecretId: string }).SecretId;

function databaseOf(attachment: Resource, resolver: Resolver): Readonly<Record<string, string | number>> {
  const { TargetId } = resolver.properties(attachment) as { TargetId: string };
  const instance = resolver.resources('AWS::RDS::DBInstance').find((candidate) => resolver.ref(candidate) === TargetId);
  if (instance === undefined) throw new Error(`${describeResource(attachment)}: its target ${TargetId} is not a database of the templates`);
  const { DBName } = resolver.properties(instance) as { DBName?: string };
  return {
    engine: 'postgres',
    host: resolver.attribute(instance, 'Endpoint.Address'),
    port: Number(resolver.attribute(instance, 'Endpoint.Port')),
    dbname: DBName ?? 'postgres',
    dbInstanceIdentifier: TargetId,
  };
}

/** First user and database of the database server. */
export interface DatabaseDefinition {
  readonly username: string;
  readonly password: string;
  readonly database: string;
}

/** Reads the database instance; undefined without one. `secretText` resolves references to secrets. */
export function readDatabase(resolver: Resolver, secretText: (arn: string) => string): DatabaseDefinition | undefined {
  const [instance, ...more] = resolver.resources('AWS::RDS::DBInstance');
  if (instance === undefined) return undefined;
  if (more[0]) throw new Error(`${describeResource(more[0])}: the local runner has one database server, and this is a second one`);
  const properties = resolver.properties(instance) as {
    Engine?: string;
    MasterUsername?: string;
    MasterUserPassword?: string;
    DBName?: string;
  };
  if (properties.Engine !== 'postgres')
    throw new Error(`${describeResource(instance)}: the local runner has PostgreSQL, not ${properties.Engine}`);
  return {
    username: fillSecrets(properties.MasterUsername ?? 'postgres', secretText),
    password: fillSecrets(properties.MasterUserPassword ?? '', secretText),
    database: properties.DBName ?? 'postgres',
  };
}

const secretReference =
  /\{\{resolve:secretsmanager:(arn:aws:secretsmanager:[^:]*:[^:]*:secret:[^:}]+|[^:}]+):SecretString(?::([^:}]*))?(?::[^:}]*)*\}\}/g;

/** Replaces CloudFormation's dynamic references to secrets. */
export function fillSecrets(text: string, secretText: (arn: string) => string): string {
  const filled = text.replace(secretReference, (_, arn: string, key: string | undefined) => {
    const secret = secretText(arn);
    return key === undefined || key === '' ? secret : String((JSON.parse(secret) as Record<string, unknown>)[key]);
  });
  if (filled.includes('{{resolve:')) throw new Error(`The local runner cannot follow the dynamic reference ${text}`);
  return filled;
}
