import { EmbeddingFailed, toUnitLength } from './embedder.ts';

/**
 * The vectors of a provider's answer, of unit length. Throws `EmbeddingFailed('invalid')` when there is not one for each text, when one has
 * another dimension, holds what is not a finite number, or has no direction: of such an answer nothing is kept.
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
