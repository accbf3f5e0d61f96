import { ConditionalCheckFailedException, DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, DynamoDBDocumentClient, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Clock } from '../platform/clock.ts';
import { setting } from '../platform/config.ts';

/** A workspace that has something to look after. */
export interface Due {
  readonly workspaceId: string;
  readonly at: Date;
}

/**
 * When which workspace has something to look after: an epoch that falls idle, or one that waits for the index. A stack where nobody speaks
 * looks here only, and leaves Postgres asleep.
 */
export interface DueList {
  /** Notes that a workspace is to be looked after at a time, unless it is anyway before that. */
  note(workspaceId: string, at: Date): Promise<void>;
  /** Workspaces whose time has come. */
  listDue(now: Date): Promise<Due[]>;
  /** When a workspace that was looked after is due again; undefined: not before something happens. What was noted meanwhile stays. */
  settle(due: Due, next: Date | undefined): Promise<void>;
  /** Counts epochs that a workspace has closed, for whoever learns from them. */
  countClosed(workspaceId: string, epochs: number): Promise<void>;
  /** Workspaces with how many epochs they have closed since they were learned from. */
  listClosed(): Promise<{ workspaceId: string; epochs: number }[]>;
  /** Takes back what was learned from. */
  forgetClosed(workspaceId: string, epochs: number): Promise<void>;
}

const duePartition = 'due';
const closedPartition = 'closed';

export function openDueList(clock: Clock): DueList {
  const base = new DynamoDBClient({});
  return createDueList(DynamoDBDocumentClient.from(base), setting('memoryTable'), clock);
}

export function createDueList(client: DynamoDBDocumentClient, table: string, clock: Clock): DueList {
  // Until when a workspace is surely noted: most of what is said postpones what is due, and needs no call.
  const noted = new Map<string, number>();
  return {
    async note(workspaceId, at) {
      const known = noted.get(workspaceId);
      if (known !== undefined && known <= at.getTime() && clock.now().getTime() < known) return;
      await unlessItFails(() =>
        client.send(
          new UpdateCommand({
            TableName: table,
            Key: { pk: duePartition, sk: workspaceId },
            UpdateExpression: 'set dueAt = :at',
            ConditionExpression: 'attribute_not_exists(dueAt) or dueAt > :at',
            ExpressionAttributeValues: { ':at': at.getTime() },
          }),
        ),
      );
      if (noted.size >= maxNoted) noted.clear();
      noted.set(workspaceId, Math.min(at.getTime(), known ?? Number.POSITIVE_INFINITY));
    },

    async listDue(now) {
      const items = await list(client, table, duePartition);
      return items.map(({ sk, dueAt }) => ({ workspaceId: sk?.S ?? '', at: new Date(Number(dueAt?.N)) })).filter(({ at }) => at <= now);
    },

    async settle({ workspaceId, at }, next) {
      const unchanged = { ConditionExpression: 'dueAt = :seen', ExpressionAttributeValues: { ':seen': at.getTime() } };
      const key = { pk: duePartition, sk: workspaceId };
      await unlessItFails(() =>
        next
          ? client.send(new PutCommand({ TableName: table, Item: { ...key, dueAt: next.getTime() }, ...unchanged }))
          : client.send(new DeleteCommand({ TableName: table, Key: key, ...unchanged })),
      );
    },

    async countClosed(workspaceId, epochs) {
      await client.send(addClosed(table, workspaceId, epochs));
    },

    async listClosed() {
      const items = await list(client, table, closedPartition);
      return items.map(({ sk, epochs }) => ({ workspaceId: sk?.S ?? '', epochs: Number(epochs?.N) })).filter(({ epochs }) => epochs > 0);
    },

    async forgetClosed(workspaceId, epochs) {
      await client.send(addClosed(table, workspaceId, -epochs));
    },
  };
}

type Item = Record<string, { S?: string; N?: string }>;

async function list(client: DynamoDBDocumentClient, table: string, pk: string): Promise<Item[]> {
  const items: Item[] = [];
  let from: Record<string, unknown> | undefined;
  do {
    const page = await client.send(
      new QueryCommand({
        TableName: table,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': { S: pk } },
        ...(from && { ExclusiveStartKey: from as never }),
      }),
    );
    items.push(...((page.Items ?? []) as Item[]));
    from = page.LastEvaluatedKey;
  } while (from);
  return items;
}

const addClosed = (table: string, workspaceId: string, epochs: number): UpdateCommand =>
  new UpdateCommand({
    TableName: table,
    Key: { pk: closedPartition, sk: workspaceId },
    UpdateExpression: 'add epochs :n',
    ExpressionAttributeValues: { ':n': epochs },
  });

const maxNoted = 10_000;

/** A condition that does not hold means that somebody else has noted what is newer. */
async function unlessItFails(call: () => Promise<unknown>): Promise<void> {
  try {
    await call();
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
  }
}
