import { cosine } from './association-model.ts';

/** The current subject as a vector of an embedding model, with statistics of the cosines so far. Plain JSON. */
export interface VectorState {
  readonly dimension: number;
  /** Direction, quantized to a byte a number, in base64. */
  readonly mean: string;
  /** Number, mean and variance of the cosines so far. */
  readonly count: number;
  readonly average: number;
  readonly variance: number;
}

/** Mean and deviation of association cosines. Cosines of embedding models, which differ in both, are scaled to these. */
const usual = { average: 0.45, deviation: 0.3 };
/** The number of cosines at which observed and expected statistics have equal weight. */
const halfObserved = 8;
/** Statistics that are assumed for an unknown model. */
const expected = { average: 0.35, variance: 0.03 };
/** The window of the statistics: they follow a change in how people write. */
const maxCount = 200;

/** The likeness of a message to the current subject, on the scale of associations, and the trust in it, 0 to 1. */
export interface VectorLikeness {
  readonly direction: number;
  readonly trust: number;
}

/** The likeness of a message to the state; undefined unless both have finite vectors of one dimension. */
export function vectorLikeness(state: VectorState | undefined, vector: Float32Array): VectorLikeness | undefined {
  const cosineNow = cosineWith(state, vector);
  if (!state || cosineNow === undefined) return undefined;
  const share = state.count / (state.count + halfObserved);
  const average = share * state.average + (1 - share) * expected.average;
  const deviation = Math.sqrt(share * state.variance + (1 - share) * expected.variance) || 1;
  const direction = usual.average + (usual.deviation * (cosineNow - average)) / deviation;
  return { direction: Math.max(-1, Math.min(1, direction)), trust: share };
}

function cosineWith(state: VectorState | undefined, vector: Float32Array): number | undefined {
  if (state?.dimension !== vector.length || !vector.every(Number.isFinite)) return undefined;
  return cosine(unpack(state.mean), vector);
}

/**
 * The state after a message. `isNew`: the message opens an epoch. The last message has half of the weight. A vector with a number that is not
 * finite leaves the state unchanged.
 */
export function nextVectorState(state: VectorState | undefined, vector: Float32Array, isNew: boolean): VectorState | undefined {
  if (vector.length === 0 || !vector.every(Number.isFinite)) return state;
  const cosineNow = cosineWith(state, vector);
  const mean = unit(vector);
  if (state && cosineNow !== undefined && !isNew)
    for (const [k, value] of unit(unpack(state.mean)).entries()) mean[k] = (mean[k] ?? 0) + value;
  return { dimension: vector.length, mean: pack(mean), ...statistics(state, cosineNow) };
}

function unit(numbers: ArrayLike<number>): Float64Array {
  const copy = Float64Array.from(numbers);
  let squares = 0;
  for (const value of copy) squares += value * value;
  const length = Math.sqrt(squares) || 1;
  return copy.map((value) => value / length);
}

function statistics(state: VectorState | undefined, observed: number | undefined): Pick<VectorState, 'count' | 'average' | 'variance'> {
  if (!state || observed === undefined) return { count: 0, average: 0, variance: 0 };
  const count = Math.min(maxCount, state.count + 1);
  const difference = observed - state.average;
  const average = state.average + difference / count;
  return { count, average, variance: state.variance + (difference * (observed - average) - state.variance) / count };
}

function pack(numbers: Float64Array): string {
  let most = 0;
  for (const value of numbers) most = Math.max(most, Math.abs(value));
  const bytes = Int8Array.from(numbers, (value) => (most > 0 ? Math.round((127 * value) / most) : 0));
  return Buffer.from(bytes.buffer).toString('base64');
}

function unpack(mean: string): Int8Array {
  const bytes = Buffer.from(mean, 'base64');
  return new Int8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}
