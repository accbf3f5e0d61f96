import { EmbeddingFailed, toUnitLength } from './embedder.ts';

/**
 * Checks a provider's answer and returns its vectors, scaled to unit length. Throws `EmbeddingFailed('invalid')` when a text has no
 * vector, or when a vector has another dimension, a number that is not finite, or no direction. Nothing of an invalid answer is kept.
 */
export function readVectors(name: string, answer: unknown, count: number, dimension: number): Float32Array[] {
  const fail = (what: string) => new EmbeddingFailed('invalid', `${name} gave ${what}`);
  if (!Array.isArray(answer)) throw fail('no vectors');
  if (answer.length !== count) throw fail(`${answer.length} vectors for ${count} texts`);
  return answer.map((values: unknown) => {
    if (!Array.isArray(values)) throw fail('something that is no vector');
    if (values.length !== dimension) throw fail(`a vector of ${values.length} numbers, not ${dimension}`);
    if (!values.every((value) => typeof value === 'number' && Number.isFinite(value))) throw fail('a vector with what is not a number');
    const vector = toUnitLength(Float32Array.from(values as number[]));
    if (!vector) throw fail('a vector without a direction');
    return vector;
  });
}
