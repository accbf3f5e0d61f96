import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { draftDays, previewCharacters } from '../../../contract/draft.ts';
import type { Draft, DraftSummary, SaveDraft } from '../../../contract/draft.ts';
import { StreamId } from '../../../contract/ids.ts';
import type { Clock } from '../../platform/clock.ts';
import { conditional } from '../../platform/conditional-write.ts';
import { setting } from '../../platform/config.ts';
import { draftPartition } from '../../platform/subscriptions.ts';

/** Place of a draft: a member has one in each stream. */
export interface DraftPlace {
  readonly workspaceId: string;
  readonly userId: string;
  readonly streamId: string;
}
export type DraftContent = Omit<SaveDraft, 'revision'>;

/** Drafts of members. A draft that was sent or deleted stays as an empty one, so that an older copy of it cannot come back unnoticed. */
export interface Drafts {
  /** Reads a draft; an empty one of revision 0 where there never was one. One request. */
  find(place: DraftPlace): Promise<Draft>;
  /** Saves a draft over a revision, or over any. Undefined where the stored one has another revision. One request. */
  save(place: DraftPlace, content: DraftContent, over: number | undefined): Promise<Draft | undefined>;
  /** Empties a draft that was last saved at `until` or before; undefined where there is none. One request. */
  clear(place: DraftPlace, until: Date): Promise<Draft | undefined>;
  /** Lists drafts that are not empty by stream, after one. One request; `last` is undefined at the end. */
  list(
    member: Pick<DraftPlace, 'workspaceId' | 'userId'>,
    page: { after?: string; limit: number },
  ): Promise<{ items: DraftSummary[]; last: string | undefined }>;
}

export const openDrafts = ({ clock }: { readonly clock: Clock }): Drafts =>
  createDrafts(new DynamoDBClient({ maxAttempts: 4 }), setting('connectionsTable'), clock);

export function createDrafts(client: DynamoDBClient, table: string, clock: Clock): Drafts {
  return new DraftTable(DynamoDBDocumentClient.from(client), table, clock);
}

type Item = Readonly<Record<string, unknown>>;
const empty: DraftContent = { text: '', mentions: [], replyTo: null, fileIds: [] };
const keyOf = ({ workspaceId, userId, streamId }: DraftPlace) => ({ pk: draftPartition(workspaceId, userId), sk: streamId });

class DraftTable implements Drafts {
  readonly #db: DynamoDBDocumentClient;
  readonly #table: string;
  readonly #clock: Clock;

  constructor(db: DynamoDBDocumentClient, table: string, clock: Clock) {
    this.#db = db;
    this.#table = table;
    this.#clock = clock;
  }

  async find(place: DraftPlace): Promise<Draft> {
    const { Item } = await this.#db.send(new GetCommand({ TableName: this.#table, Key: keyOf(place), ConsistentRead: true }));
    return draftOf(place.streamId, Item && !this.#isExpired(Item) ? Item : {});
  }

  save(place: DraftPlace, content: DraftContent, over: number | undefined): Promise<Draft | undefined> {
    if (over === undefined) return this.#write(place, content);
    const seconds = Math.floor(this.#clock.now().getTime() / 1_000);
    const isFirst = over === 0;
    return this.#write(place, content, {
      expression: isFirst ? 'attribute_not_exists(pk) OR expiresAt <= :seconds' : 'revision = :over AND expiresAt > :seconds',
      values: { ':seconds': seconds, ...(!isFirst && { ':over': over }) },
    });
  }

  clear(place: DraftPlace, until: Date): Promise<Draft | undefined> {
    return this.#write(place, empty, {
      expression: 'updatedAt <= :until AND isEmpty = :no',
      values: { ':until': until.getTime(), ':no': false },
    });
  }

  async #write(
    place: DraftPlace,
    { text, mentions, replyTo, fileIds }: DraftContent,
    condition?: { readonly expression: string; readonly values: Item },
  ): Promise<Draft | undefined> {
    const now = this.#clock.now().getTime();
    let stored: Item | undefined;
    const write = this.#db.send(
      new UpdateCommand({
        TableName: this.#table,
        Key: keyOf(place),
        UpdateExpression:
          'SET #text = :text, mentions = :mentions, replyTo = :replyTo, fileIds = :files, preview = :preview, isEmpty = :empty, ' +
          'revision = if_not_exists(revision, :none) + :one, updatedAt = :now, expiresAt = :end',
        ...(condition && { ConditionExpression: condition.expression }),
        ExpressionAttributeNames: { '#text': 'text' },
        ExpressionAttributeValues: {
          ...condition?.values,
          ':text': text,
          ':mentions': mentions,
          ':replyTo': replyTo,
          ':files': fileIds,
          ':preview': previewOf(text),
          ':empty': isEmptyContent({ text, fileIds }),
          ':none': 0,
          ':one': 1,
          ':now': now,
          ':end': Math.ceil(now / 1_000) + draftDays * 86_400,
        },
        ReturnValues: 'ALL_NEW',
      }),
    );
    const isWritten = await conditional(write.then(({ Attributes }) => (stored = Attributes)));
    return isWritten ? draftOf(place.streamId, stored ?? {}) : undefined;
  }

  async list(
    { workspaceId, userId }: Pick<DraftPlace, 'workspaceId' | 'userId'>,
    { after, limit }: { after?: string; limit: number },
  ): Promise<{ items: DraftSummary[]; last: string | undefined }> {
    const pk = draftPartition(workspaceId, userId);
    const { Items = [], LastEvaluatedKey } = await this.#db.send(
      new QueryCommand({
        TableName: this.#table,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': pk },
        ProjectionExpression: 'sk, preview, isEmpty, revision, updatedAt, expiresAt',
        ...(after !== undefined && { ExclusiveStartKey: { pk, sk: after } }),
        Limit: limit,
        ConsistentRead: true,
      }),
    );
    const items = Items.filter((item) => item['isEmpty'] !== true && !this.#isExpired(item)).map(summaryOf);
    return { items, last: LastEvaluatedKey && String(LastEvaluatedKey['sk']) };
  }

  #isExpired(item: Item): boolean {
    return Number(item['expiresAt']) <= Math.floor(this.#clock.now().getTime() / 1_000);
  }
}

/** Tells if there is nothing in a draft that a member would miss. */
export const isEmptyContent = ({ text, fileIds }: Pick<DraftContent, 'text' | 'fileIds'>): boolean =>
  text.trim() === '' && fileIds.length === 0;

/** The beginning of a text, without half of a surrogate pair at its end. */
const previewOf = (text: string): string =>
  Array.from(text.slice(0, 2 * previewCharacters))
    .slice(0, previewCharacters)
    .join('')
    .toWellFormed();

const timeOf = (item: Item): string => new Date(Number(item['updatedAt'])).toISOString();

function draftOf(streamId: string, item: Item): Draft {
  const { text, mentions, replyTo, fileIds }: DraftContent = { ...empty, ...item };
  const updatedAt = item['updatedAt'] === undefined ? null : timeOf(item);
  return { streamId: StreamId.parse(streamId), text, mentions, replyTo, fileIds, revision: Number(item['revision'] ?? 0), updatedAt };
}

const summaryOf = (item: Item): DraftSummary => ({
  streamId: StreamId.parse(item['sk']),
  preview: typeof item['preview'] === 'string' ? item['preview'] : '',
  revision: Number(item['revision']),
  updatedAt: timeOf(item),
});
