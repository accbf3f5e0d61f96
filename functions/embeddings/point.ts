import { createHash } from 'node:crypto';
import type { Schemas } from '@qdrant/js-client-rest';
import { keywordVector } from './keyword-vector.ts';
import type { KeywordVector } from './keyword-vector.ts';

export type PointKind = 'epoch' | 'chunk';
/** `public`: for every member who is not a guest. `private`: for who may read the stream. */
export type Visibility = 'public' | 'private';

/** What is found: an epoch of a stream, or a piece of a document (whose library stands as its stream). */
export interface IndexPoint {
  readonly id: string;
  readonly kind: PointKind;
  readonly workspaceId: string;
  readonly streamId: string;
  readonly visibility: Visibility;
  /** When it was said last. */
  readonly at: Date;
  /** A line that says what it is about; its words count more. */
  readonly title?: string;
  readonly text: string;
  /** Of unit length. */
  readonly vector: Float32Array;
}

/** A point that was found. */
export interface Hit {
  readonly id: string;
  readonly kind: PointKind;
  readonly streamId: string;
  readonly at: Date;
  /** A cosine where a vector was asked for, BM25 where words were: the two are not to be compared. */
  readonly score: number;
  readonly keywords?: KeywordVector;
}

/** The vectors that a point has. */
export const denseVector = 'dense';
export const keywordsVector = 'keywords';

/** What lies beside the vectors. */
interface Payload {
  readonly id: string;
  readonly workspace_id: string;
  readonly stream_id: string;
  readonly kind: PointKind;
  readonly visibility: Visibility;
  /** Milliseconds. */
  readonly at: number;
}

/** The index takes numbers or UUIDs as ids: a UUID that is made of ours, the same each time, so that nothing is there twice. */
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

/** Seven places are what the numbers are good for; written out in full they are twice as long. */
export const toNumbers = (vector: Float32Array): number[] => Array.from(vector, (value) => Math.round(value * 1e7) / 1e7);

export function toHit({ score, payload, vector }: Schemas['ScoredPoint']): Hit {
  const { id, kind, stream_id: streamId, at } = payload as unknown as Payload;
  const keywords = keywordsOf(vector);
  return { id, kind, streamId, at: new Date(at), score, ...(keywords && { keywords }) };
}

/** The keyword vector of a point that came with one. */
export const keywordsOf = (vector: Schemas['ScoredPoint']['vector']): KeywordVector | undefined =>
  (vector as Record<string, KeywordVector | undefined> | null | undefined)?.[keywordsVector];
