/**
 * Turns texts into vectors: one per text, in their order, each of unit length and `dimension` numbers, none of them NaN. Texts that are
 * longer than a model takes are cut at a word; a text without anything in it gives `vectorOfNothing`. Throws `EmbeddingFailed`: all vectors
 * that were asked for come back, or none.
 */
export interface Embedder {
  /** What made the vectors: `local-1`, `amazon.titan-embed-text-v2:0`. Vectors of two models are never compared. */
  readonly model: string;
  readonly dimension: number;
  /** Made of the words alone, by arithmetic: it knows nothing of what they mean, so little is to be trusted to it. */
  readonly isOffline: boolean;
  embed(texts: readonly string[], purpose: EmbeddingPurpose): Promise<Float32Array[]>;
}

/** Some models place what is looked for differently from what is found. */
export type EmbeddingPurpose = 'document' | 'query';

/**
 * `throttled`: too many calls, later is fine. `unavailable`: down, hanging or failing by itself, later is fine. `invalid`: the answer is not
 * what was asked for, and nothing of it was kept. `refused`: the call was not allowed or not understood, and will not be by repeating it.
 */
export type EmbeddingFailure = 'throttled' | 'unavailable' | 'invalid' | 'refused';

/** Why there are no vectors. Its text names provider and reason, never what was to be embedded. */
export class EmbeddingFailed extends Error {
  readonly kind: EmbeddingFailure;
  /** How long the provider asks to be left alone, where it says. */
  readonly retryAfterSeconds: number | undefined;

  constructor(kind: EmbeddingFailure, message: string, retryAfterSeconds?: number) {
    super(message);
    this.name = 'EmbeddingFailed';
    this.kind = kind;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** The vector of a text without content: a direction like any other, near to nothing in particular and never NaN under a cosine. */
export function vectorOfNothing(dimension: number): Float32Array {
  const vector = new Float32Array(dimension);
  vector[dimension - 1] = 1;
  return vector;
}

/** Scales to unit length; undefined for what has no direction: all zeros, or a number that is none. */
export function toUnitLength(vector: Float32Array): Float32Array | undefined {
  let square = 0;
  for (const value of vector) square += value * value;
  if (!Number.isFinite(square) || square === 0) return undefined;
  const length = Math.sqrt(square);
  return vector.map((value) => value / length);
}

/** How alike two vectors of unit length are: 1 the same direction, 0 nothing in common. */
export function cosine(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
}
