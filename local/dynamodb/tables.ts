import type { IndexDefinition, KeyDefinition, TableDefinition } from '../definitions.ts';
import { request, type Backend } from './backend.ts';

type Attributes = Record<string, Record<string, unknown>>;

/** Creates missing tables. Throws when a table exists with other keys, because its items could not be read. */
export async function createTables(backend: Backend, tables: readonly TableDefinition[]): Promise<void> {
  for (const table of tables) {
    const found = await describe(backend, table.name);
    if (found === undefined) {
      await request(backend, 'CreateTable', createTableInput(table));
      await untilActive(backend, table.name);
    } else if (JSON.stringify(keysOf(found.KeySchema)) !== JSON.stringify(table.keySchema.map(({ name, type }) => `${name} ${type}`))) {
      throw new Error(`the kept table ${table.name} has other keys than the template now gives it; start with --fresh to empty it`);
    }
  }
}

interface TableDescription {
  readonly TableStatus: string;
  readonly KeySchema: { AttributeName: string; KeyType: string }[];
}

const keysOf = (schema: TableDescription['KeySchema']) => schema.map((key) => `${key.AttributeName} ${key.KeyType}`);

async function describe(backend: Backend, name: string): Promise<TableDescription | undefined> {
  try {
    return (await request<{ Table: TableDescription }>(backend, 'DescribeTable', { TableName: name })).Table;
  } catch (error) {
    if ((error as Error).name === 'ResourceNotFoundException') return undefined;
    throw error;
  }
}

async function untilActive(backend: Backend, name: string): Promise<void> {
  while ((await describe(backend, name))?.TableStatus !== 'ACTIVE') await new Promise((resolve) => setTimeout(resolve, 5));
}

const keySchema = (keys: readonly KeyDefinition[]) => keys.map(({ name, type }) => ({ AttributeName: name, KeyType: type }));
const indexes = (list: readonly IndexDefinition[] | undefined) =>
  list?.map(({ name, keySchema: keys, projection }) => ({
    IndexName: name,
    KeySchema: keySchema(keys),
    Projection: { ProjectionType: projection.type, ...(projection.attributes ? { NonKeyAttributes: projection.attributes } : {}) },
  }));

function createTableInput(table: TableDefinition): Record<string, unknown> {
  const { globalSecondaryIndexes, localSecondaryIndexes } = table;
  return {
    TableName: table.name,
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: keySchema(table.keySchema),
    AttributeDefinitions: table.attributeDefinitions.map(({ name, type }) => ({ AttributeName: name, AttributeType: type })),
    ...(globalSecondaryIndexes?.length ? { GlobalSecondaryIndexes: indexes(globalSecondaryIndexes) } : {}),
    ...(localSecondaryIndexes?.length ? { LocalSecondaryIndexes: indexes(localSecondaryIndexes) } : {}),
  };
}

/** Page size of a sweep, small so that other calls run between pages. */
const sweepPage = 100;

/** Deletes expired items, as DynamoDB does with some delay; resolves with their number. */
export async function sweepExpired(backend: Backend, tables: readonly TableDefinition[], nowSeconds: number): Promise<number> {
  let swept = 0;
  for (const table of tables)
    if (table.ttlAttribute !== undefined) swept += await sweepTable(backend, table, table.ttlAttribute, nowSeconds);
  return swept;
}

async function sweepTable(backend: Backend, table: TableDefinition, ttlAttribute: string, nowSeconds: number): Promise<number> {
  const names = table.keySchema.map((key) => key.name);
  const expired = {
    ExpressionAttributeNames: { '#ttl': ttlAttribute },
    ExpressionAttributeValues: { ':now': { N: String(nowSeconds) } },
  };
  let swept = 0;
  let from: Attributes | undefined;
  do {
    const page: { Items?: Attributes[]; LastEvaluatedKey?: Attributes } = await request(backend, 'Scan', {
      TableName: table.name,
      FilterExpression: '#ttl < :now',
      Limit: sweepPage,
      ...expired,
      ...(from ? { ExclusiveStartKey: from } : {}),
    });
    for (const item of page.Items ?? []) {
      const Key = Object.fromEntries(names.map((name) => [name, item[name]]));
      if (await deleteIfStill(backend, { TableName: table.name, Key, ConditionExpression: '#ttl < :now', ...expired })) swept += 1;
    }
    from = page.LastEvaluatedKey;
    await new Promise((resolve) => setImmediate(resolve));
  } while (from);
  return swept;
}

/** Deletes an item unless its lease was renewed in the meantime. */
async function deleteIfStill(backend: Backend, input: Record<string, unknown>): Promise<boolean> {
  try {
    await request(backend, 'DeleteItem', input);
    return true;
  } catch (error) {
    if ((error as Error).name === 'ConditionalCheckFailedException') return false;
    throw error;
  }
}
