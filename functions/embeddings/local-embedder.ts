import type { Embedder } from './embedder.ts';
import { toUnitLength, vectorOfNothing } from './embedder.ts';
import { murmur3 } from './keyword-vector.ts';
import { termsOf } from './words.ts';

/**
 * The name and edition of the local model. A change of its arithmetic needs the next number, so that stored vectors are made again and
 * never compared with older ones.
 */
export const localModel = 'local-1';
const dimension = 768;
/** Signed places per term: two terms that share one place hardly ever share another. */
const places = 3;

/**
 * The embedder without a network. It hashes each term onto a few signed places, with a logarithmic weight for repeats. Deterministic on
 * every machine. It matches the same words and knows no synonyms.
 */
export const localEmbedder: Embedder = {
  model: localModel,
  dimension,
  isOffline: true,
  embed: (texts) => Promise.resolve(texts.map(embedWords)),
};

function embedWords(text: string): Float32Array {
  const counts = new Map<string, number>();
  for (const term of termsOf(text)) counts.set(term, (counts.get(term) ?? 0) + 1);
  const vector = new Float32Array(dimension);
  for (const [term, count] of counts) {
    const bytes = Buffer.from(term);
    const weight = Math.log2(1 + count);
    for (let place = 0; place < places; place++) {
      const hash = murmur3(bytes, place + 1);
      // The last place stays empty for texts with words: it belongs to `vectorOfNothing`.
      const at = (hash >>> 1) % (dimension - 1);
      vector[at] = (vector[at] ?? 0) + (hash & 1 ? weight : -weight);
    }
  }
  return toUnitLength(vector) ?? vectorOfNothing(dimension);
}
