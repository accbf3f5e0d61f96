import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  BatchGetItemCommand,
  DeleteItemCommand,
  DescribeTableCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { TableDefinition } from '../../../local/definitions.ts';
import { startDynamoDb, type DynamoDb, type DynamoDbOptions } from '../../../local/dynamodb/dynamodb.ts';
import { accessFor, account, arnOf, clientOf, quietLog, refusedPrincipal } from '../emulators.ts';

const table: TableDefinition = {
  name: 'connections',
  arn: arnOf('dynamodb', 'table/connections'),
  keySchema: [
    { name: 'pk', type: 'HASH' },
    { name: 'sk', type: 'RANGE' },
  ],
  attributeDefinitions: [
    { name: 'pk', type: 'S' },
    { name: 'sk', type: 'S' },
    { name: 'user', type: 'S' },
  ],
  globalSecondaryIndexes: [{ name: 'by-user', keySchema: [{ name: 'user', type: 'HASH' }], projection: { type: 'ALL' } }],
  ttlAttribute: 'expiresAt',
};
const access = accessFor();
const start = (more: Partial<DynamoDbOptions> = {}) => startDynamoDb({ account, tables: [table], access, log: quietLog(), ...more });
const key = (pk: string, sk = 'conn') => ({ pk: { S: pk }, sk: { S: sk } });
const put = (Item: PutItemCommand['input']['Item']) => new PutItemCommand({ TableName: table.name, Item });
const get = (pk: string, sk?: string) => new GetItemCommand({ TableName: table.name, Key: key(pk, sk), ConsistentRead: true });

let dynamodb: DynamoDb;
let client: DynamoDBClient;
beforeAll(async () => {
  dynamodb = await start();
  client = new DynamoDBClient(clientOf(dynamodb.url));
});
afterAll(async () => {
  client.destroy();
  await dynamodb.stop();
});

describe('items', () => {
  test('are put, read and queried in the order of their sort key', async () => {
    for (const sk of ['b', 'a', 'c']) await client.send(put({ ...key('room#1', sk), user: { S: 'usr_1' } }));
    const found = await client.send(
      new QueryCommand({
        TableName: table.name,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': { S: 'room#1' } },
      }),
    );
    expect(found.Items?.map((item) => item.sk?.S)).toEqual(['a', 'b', 'c']);
  });

  test('are found by a secondary index', async () => {
    await client.send(put({ ...key('conn#9'), user: { S: 'usr_9' } }));
    const found = await client.send(
      new QueryCommand({
        TableName: table.name,
        IndexName: 'by-user',
        KeyConditionExpression: '#u = :u',
        ExpressionAttributeNames: { '#u': 'user' },
        ExpressionAttributeValues: { ':u': { S: 'usr_9' } },
      }),
    );
    expect(found.Items?.map((item) => item.pk?.S)).toEqual(['conn#9']);
  });

  test('a ticket is used once: the second conditional put fails, with the item that was there', async () => {
    const use = new PutItemCommand({
      TableName: table.name,
      Item: { ...key('ticket#1', 'ticket'), by: { S: 'first' } },
      ConditionExpression: 'attribute_not_exists(pk)',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    await client.send(use);
    await expect(client.send(use)).rejects.toMatchObject({ name: 'ConditionalCheckFailedException', Item: { by: { S: 'first' } } });
  });
});

describe('errors', () => {
  test('a table that is not there', async () => {
    const missing = new GetItemCommand({ TableName: 'nothing', Key: key('x') });
    await expect(client.send(missing)).rejects.toMatchObject({ name: 'ResourceNotFoundException', $metadata: { httpStatusCode: 400 } });
  });

  test('a key of the wrong type', async () => {
    const wrong = new GetItemCommand({ TableName: table.name, Key: { pk: { N: '1' }, sk: { S: 'x' } } });
    await expect(client.send(wrong)).rejects.toMatchObject({ name: 'ValidationException' });
  });
});

describe('permissions', () => {
  const refused = () => new DynamoDBClient(clientOf(dynamodb.url, 'AKIAREFUSED'));

  test('a refused call names who, what, and on which table', async () => {
    await expect(refused().send(get('conn#1'))).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: `User: ${refusedPrincipal} is not authorized to perform: dynamodb:GetItem on resource: ${table.arn} because no identity-based policy allows the dynamodb:GetItem action`,
      $metadata: { httpStatusCode: 400 },
    });
  });

  test('a batch is checked for each table, an index by its own ARN', async () => {
    const batch = new BatchGetItemCommand({ RequestItems: { connections: { Keys: [key('a')] } } });
    await expect(refused().send(batch)).rejects.toMatchObject({ name: 'AccessDeniedException' });
    expect(access.questions).toContain(`AKIAREFUSED dynamodb:BatchGetItem ${table.arn}`);
    expect(access.questions).toContain(`AKIAALLOWED dynamodb:Query ${table.arn}/index/by-user`);
  });

  test('a call without a signature is refused', async () => {
    const response = await fetch(dynamodb.url, { method: 'POST', headers: { 'x-amz-target': 'DynamoDB_20120810.GetItem' }, body: '{}' });
    expect(await response.json()).toMatchObject({ __type: expect.stringContaining('MissingAuthenticationTokenException') });
  });
});

test('expired items are swept, the others stay', async () => {
  const now = Math.floor(Date.now() / 1000);
  await client.send(put({ ...key('conn#old'), expiresAt: { N: String(now - 5) } }));
  await client.send(put({ ...key('conn#new'), expiresAt: { N: String(now + 60) } }));
  await client.send(put({ ...key('conn#ever') }));
  expect(await dynamodb.sweepExpired()).toBe(1);
  expect((await client.send(get('conn#old'))).Item).toBeUndefined();
  expect((await client.send(get('conn#new'))).Item).toBeDefined();
  expect((await client.send(get('conn#ever'))).Item).toBeDefined();
});

describe('kept in a folder', () => {
  test('items are there after a restart; other keys are refused with a reason', async () => {
    const path = await mkdtemp(join(tmpdir(), 'dynamodb-'));
    const first = await start({ path });
    await new DynamoDBClient(clientOf(first.url)).send(put({ ...key('conn#kept') }));
    await first.stop();
    const second = await start({ path });
    expect((await new DynamoDBClient(clientOf(second.url)).send(get('conn#kept'))).Item).toEqual(key('conn#kept'));
    await second.stop();
    const changed = { ...table, keySchema: [{ name: 'pk', type: 'HASH' as const }], globalSecondaryIndexes: [] };
    await expect(start({ path, tables: [changed] })).rejects.toThrow(/connections has other keys.*--fresh/);
    await rm(path, { recursive: true });
  });
});

test('another server can keep the items', async () => {
  const front = await start({ endpoint: dynamodb.url });
  const throughFront = new DynamoDBClient(clientOf(front.url));
  await throughFront.send(put({ ...key('conn#remote') }));
  expect((await client.send(get('conn#remote'))).Item).toEqual(key('conn#remote'));
  await client.send(new DeleteItemCommand({ TableName: table.name, Key: key('conn#remote') }));
  const described = await throughFront.send(new DescribeTableCommand({ TableName: table.name }));
  expect(described.Table?.TableStatus).toBe('ACTIVE');
  await front.stop();
});
