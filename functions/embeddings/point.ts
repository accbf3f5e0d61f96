import { createHash } from 'node:crypto';
import type { Schemas } from '@qdrant/js-client-rest';
import { keywordVector } from './keyword-vector.ts';
import type { KeywordVector } from './keyword-vector.ts';

export type PointKind = 'epoch' | 'chunk';
/** `public`: every member except guests. `private`: readers of the stream. */
export type Visibility = 'public' | 'private';

/** An indexed text: an epoch of a stream, or a part of a document, whose library takes the place of the stream. */
export interface IndexPoint {
  readonly id: string;
  readonly kind: PointKind;
  readonly workspaceId: string;
  readonly streamId: string;
  readonly visibility: Visibility;
  /** The time of the last message. */
  readonly at: Date;
  /** A title. Its words count more than those of the text. */
  readonly title?: string;
  readonly text: string;
  /** The dense vector, of unit length. */
  readonly vector: Float32Array;
}

/** A search result. */
export interface Hit {
  readonly id: string;
  readonly kind: PointKind;
  readonly streamId: string;
  readonly at: Date;
  /** A cosine for vector queries, BM25 for keyword queries. The two cannot be compared. */
  readonly score: number;
  readonly keywords?: KeywordVector;
}

/** Names of a point's vectors. */
export const denseVector = 'dense';
export const keywordsVector = 'keywords';

/** The stored payload of a point. */
interface Payload {
  readonly id: string;
  readonly workspace_id: string;
  readonly stream_id: string;
  readonly kind: PointKind;
  readonly visibility: Visibility;
  /** Time in milliseconds. */
  readonly at: number;
}

/** The UUID of a point, derived from workspace and id: the index accepts only numbers and UUIDs, and the same text keeps the same point. */
export function pointId(workspaceId: string, id: string): string {
  const bytes = createHash('sha256').update(`${workspaceId}/${id}`).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

export function toPoint(point: IndexPoint): Schemas['PointStruct'] {
  const payload: Payload = {
    id: point.id,
    workspace_id: point.workspaceId,
    stream_id: point.streamId,
    kind: point.kind,
    visibility: point.visibility,
    at: point.at.getTime(),
  };
  const { indices, values } = keywordVector(point.text, point.title);
  return {
    id: pointId(point.workspaceId, point.id),
    vector: { [denseVector]: toNumbers(point.vector), [keywordsVector]: { indices, values } },
    payload: { ...payload },
  };
}

/** Seven digits are the precision of a 32-bit float. All digits would double the size of the JSON. */
export const toNumbers = (vector: Float32Array): number[] => Array.from(vector, (value) => Math.round(value * 1e7) / 1e7);

export function toHit({ score, payload, vector }: Schemas['ScoredPoint']): Hit {
  const { id, kind, stream_id: streamId, at } = payload as unknown as Payload;
  const keywords = keywordsOf(vector);
  return { id, kind, streamId, at: new Date(at), score, ...(keywords && { keywords }) };
}

/** The keyword vector in an answer, if the query asked for it. */
export const keywordsOf = (vector: Schemas['ScoredPoint']['vector']): KeywordVector | undefined =>
  (vector as Record<string, KeywordVector | undefined> | null | undefined)?.[keywordsVector];
