import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ScanCommand } from '@aws-sdk/client-dynamodb';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { keywordQuery } from '../../functions/embeddings/keyword-vector.ts';
import type { TestApp } from './app.ts';

/** Places to search for traces besides Postgres, Qdrant and the queues. */
export interface TracePlaces {
  /** Only rows that name this workspace. */
  readonly workspaceId?: string;
  /** Folder of the bucket. */
  readonly folder?: string;
  readonly tables?: readonly { readonly client: DynamoDBClient; readonly name: string }[];
}

/**
 * Looks for texts everywhere that the app stores anything, in any case: all columns of all tables, also as bytes; messages that wait in
 * queues; points of Qdrant by words; objects of the bucket; items of DynamoDB. Returns one line a find. Queues whose workers took their
 * messages are to be emptied before.
 */
export async function findTraces(app: TestApp, texts: readonly string[], places: TracePlaces = {}): Promise<string[]> {
  const finds = await Promise.all([
    inTables(app, texts, places),
    inQdrant(app, texts, places),
    ...(places.tables ?? []).map((table) => inDynamoDb(table, texts, places)),
  ]);
  const queues = { sent: app.sent, later: app.later, memory: app.memoryMessages, retention: app.retentionMessages };
  const inQueues = Object.entries(queues).flatMap(([name, messages]) => finding(`queue ${name}`, JSON.stringify(messages), texts));
  return [...finds.flat(), ...inQueues, ...(places.folder === undefined ? [] : inFolder(places.folder, texts, places))];
}

const finding = (place: string, content: string, texts: readonly string[]): string[] =>
  texts.filter((text) => content.toLowerCase().includes(text.toLowerCase())).map((text) => `${place}: ${text}`);

async function inTables({ test: { owner } }: TestApp, texts: readonly string[], { workspaceId = '' }: TracePlaces): Promise<string[]> {
  const { rows: tables } = await owner.query<{ name: string }>(
    `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and relname <> 'schema_migrations'`,
  );
  const finds: string[] = [];
  for (const { name } of tables) {
    const { rows } = await owner.query<{ row: string }>(`select x::text as row from ${name} x`);
    // Bytes are printed as hexadecimal digits.
    const hex = new Map(texts.map((text) => [Buffer.from(text).toString('hex'), text]));
    for (const { row } of rows.filter((one) => one.row.includes(workspaceId))) {
      finds.push(...finding(`${name} ${row.slice(0, 160)}`, row, texts));
      finds.push(
        ...finding(`bytes of ${name}`, row, [...hex.keys()]).map((find) => find.replace(/\S+$/, (digits) => hex.get(digits) ?? digits)),
      );
    }
  }
  return finds;
}

async function inQdrant(app: TestApp, texts: readonly string[], { workspaceId = '' }: TracePlaces): Promise<string[]> {
  const { client } = await app.index.qdrant();
  const { collections } = await client.getCollections();
  const finds: string[] = [];
  for (const { name } of collections) {
    const { points } = await client.scroll(name, { limit: 1_000, with_payload: true, with_vector: true });
    for (const { payload, vector } of points.filter((point) => JSON.stringify(point.payload).includes(workspaceId))) {
      finds.push(...finding(`point of ${name}`, JSON.stringify(payload), texts));
      const { indices = [] } = (vector as Record<string, { indices?: number[] }> | undefined)?.['keywords'] ?? {};
      for (const text of texts) {
        const words = keywordQuery(text).indices;
        if (words.length > 0 && words.every((word) => indices.includes(word))) finds.push(`words of a point of ${name}: ${text}`);
      }
    }
  }
  return finds;
}

async function inDynamoDb(
  { client, name }: { client: DynamoDBClient; name: string },
  texts: readonly string[],
  { workspaceId = '' }: TracePlaces,
): Promise<string[]> {
  const { Items = [] } = await client.send(new ScanCommand({ TableName: name }));
  const items = Items.map((item) => JSON.stringify(item)).filter((item) => item.includes(workspaceId));
  return items.flatMap((item) => finding(`item of ${name}`, item, texts));
}

/** The folder holds a description of each object, which names its key and the file of its content. */
function inFolder(folder: string, texts: readonly string[], { workspaceId = '' }: TracePlaces): string[] {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const contents = files.map((file) => readFileSync(join(file.parentPath, file.name), 'latin1'));
  const described = contents.filter((text) => text.includes(workspaceId)).join('\n');
  return files.flatMap(({ name }, at) =>
    described.includes(name) || contents[at]?.includes(workspaceId) ? finding(`object ${name}`, `${name} ${contents[at]}`, texts) : [],
  );
}
