import { keywordQuery } from '../../embeddings/keyword-vector.ts';
import type { KeywordVector } from '../../embeddings/keyword-vector.ts';
import type { Hit } from '../../embeddings/point.ts';
import type { Scope } from '../../embeddings/scope.ts';
import type { VectorIndex } from '../../embeddings/vector-index.ts';
import type { Candidate } from './choose-links.ts';

/** The rarity of a term by its index in keyword vectors. */
export type RarityOfIndex = (index: number) => number;

export interface CandidateQuery {
  readonly scope: Scope;
  readonly text: string;
  readonly vector: Float32Array;
  /** The vector was computed from the words alone and adds little to them. */
  readonly isOffline: boolean;
  readonly rarityOf: RarityOfIndex;
}

/** Enough candidates to see the likeness that is usual by chance. */
const candidatesPerQuery = 30;

/** A candidate with the time of its last message. */
export interface EpochCandidate extends Candidate {
  readonly at: Date;
}

/** Epochs near a text by its words and by its vector, in one round trip. Throws `IndexUnavailable`. */
export async function findCandidates(index: VectorIndex, query: CandidateQuery): Promise<EpochCandidate[]> {
  const { scope, text, vector, isOffline, rarityOf } = query;
  const words = keywordQuery(text);
  const shared = { limit: candidatesPerQuery, withKeywords: true };
  const queries = [{ by: { keywords: words }, ...shared }, ...(isOffline ? [] : [{ by: { dense: vector }, ...shared }])];
  const [byWords = [], byVector = []] = await index.query(scope, queries);
  const meanings = meaningsOf(byVector);
  const hits = new Map([...byWords, ...byVector].map((hit) => [hit.id, hit]));
  const rarity = rarityAmong([...hits.values()], rarityOf);
  const weights = weightTerms(words, rarity);
  return [...hits.values()].map((hit) => {
    const overlap = overlapOf(weights, hit.keywords, rarity);
    if (isOffline) return { id: hit.id, at: hit.at, likeness: overlap.likeness, sharedTerms: overlap.sharedTerms };
    const meaning = meanings.get(hit.id) ?? 0;
    // Two texts can have the same meaning and share no word.
    const sharedTerms = meaning > 0.5 ? Math.max(2, overlap.sharedTerms) : overlap.sharedTerms;
    return { id: hit.id, at: hit.at, likeness: 0.35 * overlap.likeness + 0.65 * meaning, sharedTerms };
  });
}

/** The exponent on how rare a term is among the hits: a term of most hits distinguishes none of them. */
const commonnessExponent = 0.7;

function rarityAmong(hits: readonly Hit[], rarityOf: RarityOfIndex): RarityOfIndex {
  const holders = new Map<number, number>();
  for (const { keywords } of hits) for (const index of keywords?.indices ?? []) holders.set(index, (holders.get(index) ?? 0) + 1);
  return (index) => rarityOf(index) * Math.log(1 + (hits.length + 5) / (0.5 + (holders.get(index) ?? 0))) ** commonnessExponent;
}

interface WeightedTerms {
  readonly weights: ReadonlyMap<number, number>;
  readonly length: number;
}

/** Weights terms by the logarithm of their count, times their rarity. */
function weightTerms({ indices, values }: KeywordVector, rarityOf: RarityOfIndex): WeightedTerms {
  const weights = new Map<number, number>();
  let square = 0;
  for (const [at, index] of indices.entries()) {
    const weight = Math.log2(1 + (values[at] ?? 0)) * rarityOf(index);
    weights.set(index, weight);
    square += weight * weight;
  }
  return { weights, length: Math.sqrt(square) };
}

/** The cosine of two texts by their weighted words. */
function overlapOf(
  one: WeightedTerms,
  keywords: KeywordVector | undefined,
  rarityOf: RarityOfIndex,
): { likeness: number; sharedTerms: number } {
  if (!keywords || one.length === 0) return { likeness: 0, sharedTerms: 0 };
  const other = weightTerms(keywords, rarityOf);
  let product = 0;
  let sharedTerms = 0;
  for (const [index, weight] of one.weights) {
    const same = other.weights.get(index);
    if (same === undefined) continue;
    product += weight * same;
    sharedTerms++;
  }
  return { likeness: other.length === 0 ? 0 : product / (one.length * other.length), sharedTerms };
}

/** Cosines above the median of the hits: every model has a base similarity that says nothing. */
function meaningsOf(hits: readonly Hit[]): Map<string, number> {
  const ascending = hits.map(({ score }) => score).toSorted((a, b) => a - b);
  const usual = ascending[Math.floor(ascending.length / 2)] ?? 0;
  return new Map(hits.map(({ id, score }) => [id, Math.max(0, (score - usual) / Math.max(1 - usual, 0.05))]));
}
