import { termsOf } from './words.ts';

/** The weighted words of a text, for keyword search. Indices are ascending and unique. */
export interface KeywordVector {
  readonly indices: number[];
  readonly values: number[];
}

/** BM25 parameters: the saturation of repeated words (k1), and the penalty of long texts (b). */
const saturation = 1.2;
const lengthWeight = 0.5;
/**
 * The assumed mean length of a text in terms. The real mean is unknown before the first text, and an error costs little, because all texts
 * are compared with the same number.
 */
const ordinaryTerms = 80;

/** The weight of a word in the title. */
const titleWeight = 2;

/**
 * The keyword vector of a document: BM25's term weights without the inverse document frequency, which the index multiplies, because it
 * knows the current texts. A text without content words gives an empty vector.
 */
export function keywordVector(text: string, title = ''): KeywordVector {
  const ofTitle = termsOf(title);
  const terms = [...Array.from({ length: titleWeight }, () => ofTitle).flat(), ...termsOf(text)];
  const long = 1 - lengthWeight + (lengthWeight * terms.length) / ordinaryTerms;
  return fromWeights(counted(terms), (count) => (count * (saturation + 1)) / (count + saturation * long));
}

/** The keyword vector of a query: the count of each term. */
export function keywordQuery(text: string): KeywordVector {
  return fromWeights(counted(termsOf(text)), (count) => count);
}

function counted(terms: readonly string[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const term of terms) {
    const index = termIndex(term);
    counts.set(index, (counts.get(index) ?? 0) + 1);
  }
  return counts;
}

function fromWeights(weights: ReadonlyMap<number, number>, valueOf: (weight: number) => number): KeywordVector {
  const entries = [...weights].toSorted(([a], [b]) => a - b);
  return { indices: entries.map(([index]) => index), values: entries.map(([, weight]) => valueOf(weight)) };
}

/** The index of a term in keyword vectors: |murmur3-32|, as in the common encoders for Qdrant. */
export function termIndex(term: string): number {
  return Math.abs(murmur3(Buffer.from(term)) | 0);
}

const rotate = (value: number, bits: number) => (value << bits) | (value >>> (32 - bits));
const scramble = (block: number) => Math.imul(rotate(Math.imul(block, 0xcc9e2d51), 15), 0x1b873593);

/** MurmurHash3 (x86, 32 bits): an even hash for placement, never for secrets. */
export function murmur3(bytes: Uint8Array, seed = 0): number {
  let hash = seed;
  const whole = bytes.length & ~3;
  const at = (index: number) => bytes[index] ?? 0;
  for (let i = 0; i < whole; i += 4) {
    hash ^= scramble(at(i) | (at(i + 1) << 8) | (at(i + 2) << 16) | (at(i + 3) << 24));
    hash = (Math.imul(rotate(hash, 13), 5) + 0xe6546b64) | 0;
  }
  if (whole < bytes.length) hash ^= scramble(at(whole) | (at(whole + 1) << 8) | (at(whole + 2) << 16));
  hash ^= bytes.length;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
