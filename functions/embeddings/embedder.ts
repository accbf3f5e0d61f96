/**
 * Turns texts into vectors: one per text, in order, each of unit length, `dimension` finite numbers. A text that is too long for the model
 * is cut at a word; a blank text gives `vectorOfNothing`. Throws `EmbeddingFailed`: the answer has all vectors, or there is none.
 */
export interface Embedder {
  /** The model, for example `local-1` or `amazon.titan-embed-text-v2:0`. Vectors of two models cannot be compared. */
  readonly model: string;
  readonly dimension: number;
  /** True for vectors that are computed from the words alone: they say nothing about meaning, so search gives them little weight. */
  readonly isOffline: boolean;
  embed(texts: readonly string[], purpose: EmbeddingPurpose): Promise<Float32Array[]>;
}

/** The role of a text: some models embed queries and documents differently. */
export type EmbeddingPurpose = 'document' | 'query';

/**
 * `throttled`: too many calls, retry later. `unavailable`: down, timed out or failing, retry later. `invalid`: the answer did not match
 * the request, and nothing of it was kept. `refused`: the call is not allowed or not understood, and a retry cannot help.
 */
export type EmbeddingFailure = 'throttled' | 'unavailable' | 'invalid' | 'refused';

/** The failure of an embedding. Its message names provider and reason, never the text. */
export class EmbeddingFailed extends Error {
  readonly kind: EmbeddingFailure;
  /** Seconds that the provider asked to wait, if it said so. */
  readonly retryAfterSeconds: number | undefined;

  constructor(kind: EmbeddingFailure, message: string, retryAfterSeconds?: number) {
    super(message);
    this.name = 'EmbeddingFailed';
    this.kind = kind;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** The vector of a text without content: a valid direction that is near to nothing in particular, so cosines stay finite. */
export function vectorOfNothing(dimension: number): Float32Array {
  const vector = new Float32Array(dimension);
  vector[dimension - 1] = 1;
  return vector;
}

/** Scales a vector to unit length; undefined for a vector without direction: all zeros, or a number that is not finite. */
export function toUnitLength(vector: Float32Array): Float32Array | undefined {
  let square = 0;
  for (const value of vector) square += value * value;
  if (!Number.isFinite(square) || square === 0) return undefined;
  const length = Math.sqrt(square);
  return vector.map((value) => value / length);
}

/** The cosine of two vectors of unit length: 1 for the same direction, 0 for nothing in common. */
export function cosine(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
}
