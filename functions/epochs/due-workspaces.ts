import { DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, DynamoDBDocumentClient, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Clock } from '../platform/clock.ts';
import { conditional } from '../platform/conditional-write.ts';
import { setting } from '../platform/config.ts';

/** A workspace with work for the sweep. */
export interface DueWorkspace {
  readonly workspaceId: string;
  readonly at: Date;
}

/**
 * A DynamoDB table of the workspaces that the sweep has work for: an open epoch becomes idle, or a closed one waits for the index. While
 * nobody posts, the sweep reads only this table, and Postgres can sleep.
 */
export interface DueWorkspaces {
  /** Makes a workspace due at a time, unless it is due earlier. */
  note(workspaceId: string, at: Date): Promise<void>;
  /** Workspaces that are due at `now`. */
  listDue(now: Date): Promise<DueWorkspace[]>;
  /** Sets the next due time after a sweep, or removes the workspace when it is undefined. A time noted meanwhile stays. */
  settle(due: DueWorkspace, next: Date | undefined): Promise<void>;
  /** Adds to the closed epochs that the workspace has not learned from. */
  countClosed(workspaceId: string, epochs: number): Promise<void>;
  /** Workspaces with closed epochs that they have not learned from, and their number. */
  listClosed(): Promise<{ workspaceId: string; epochs: number }[]>;
  /** Subtracts the epochs that the workspace has learned from. */
  forgetClosed(workspaceId: string, epochs: number): Promise<void>;
}

const duePartition = 'due';
const closedPartition = 'closed';

/** Opens the table that the environment names. */
export function openDueWorkspaces({ clock }: { readonly clock: Clock }): DueWorkspaces {
  const base = new DynamoDBClient({});
  return createDueWorkspaces(DynamoDBDocumentClient.from(base), setting('memoryTable'), clock);
}

export function createDueWorkspaces(client: DynamoDBDocumentClient, table: string, clock: Clock): DueWorkspaces {
  // Times known to be in the table: most messages only postpone a due time, and need no call.
  const noted = new Map<string, number>();
  return {
    async note(workspaceId, at) {
      const known = noted.get(workspaceId);
      if (known !== undefined && known <= at.getTime() && clock.now().getTime() < known) return;
      // A failed condition means that another worker has written a newer value.
      await conditional(
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
      await conditional(
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
