import { cosine } from './association-model.ts';

/** What is spoken of now as a vector of an embedding model, and how alike messages of the stream are in it. JSON as it is. */
export interface DenseMemory {
  readonly dimension: number;
  /** Direction, quantized to a byte a number, in base64. */
  readonly mean: string;
  /** Cosines that were met: how many, their mean, their variance. */
  readonly count: number;
  readonly average: number;
  readonly variance: number;
}

/** Cosines of two embedding models mean different things. Met ones are brought to the mean and deviation of associations. */
const usual = { average: 0.45, deviation: 0.3 };
/** Cosines after which what was met counts as much as what is expected. */
const halfMet = 8;
/** What is expected of a model that has not been met. */
const expected = { average: 0.35, variance: 0.03 };
/** Met cosines count for so long: people who change how they speak change it. */
const maxCount = 200;

/** How alike a message is to what is spoken of, on the scale of associations; and how far that is to be trusted, 0 to 1. */
export interface DenseLikeness {
  readonly direction: number;
  readonly trust: number;
}

/** Undefined before there are two vectors of one dimension, all of finite numbers. */
export function likenessOf(memory: DenseMemory | undefined, vector: Float32Array): DenseLikeness | undefined {
  const met = cosineWith(memory, vector);
  if (!memory || met === undefined) return undefined;
  const share = memory.count / (memory.count + halfMet);
  const average = share * memory.average + (1 - share) * expected.average;
  const deviation = Math.sqrt(share * memory.variance + (1 - share) * expected.variance) || 1;
  const direction = usual.average + (usual.deviation * (met - average)) / deviation;
  return { direction: Math.max(-1, Math.min(1, direction)), trust: share };
}

function cosineWith(memory: DenseMemory | undefined, vector: Float32Array): number | undefined {
  if (memory?.dimension !== vector.length || !vector.every(Number.isFinite)) return undefined;
  return cosine(unpack(memory.mean), vector);
}

/**
 * The memory after a message; `isNew`: of the epoch that the message opens. Half of what is spoken of is the last message. A vector that
 * cannot be used changes nothing.
 */
export function rememberVector(memory: DenseMemory | undefined, vector: Float32Array, isNew: boolean): DenseMemory | undefined {
  if (vector.length === 0 || !vector.every(Number.isFinite)) return memory;
  const met = cosineWith(memory, vector);
  const mean = unit(vector);
  if (memory && met !== undefined && !isNew) for (const [k, value] of unit(unpack(memory.mean)).entries()) mean[k] = (mean[k] ?? 0) + value;
  return { dimension: vector.length, mean: pack(mean), ...statistics(memory, met) };
}

function unit(numbers: ArrayLike<number>): Float64Array {
  const copy = Float64Array.from(numbers);
  let squares = 0;
  for (const value of copy) squares += value * value;
  const length = Math.sqrt(squares) || 1;
  return copy.map((value) => value / length);
}

function statistics(memory: DenseMemory | undefined, met: number | undefined): Pick<DenseMemory, 'count' | 'average' | 'variance'> {
  if (!memory || met === undefined) return { count: 0, average: 0, variance: 0 };
  const count = Math.min(maxCount, memory.count + 1);
  const difference = met - memory.average;
  const average = memory.average + difference / count;
  return { count, average, variance: memory.variance + (difference * (met - average) - memory.variance) / count };
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
