import { keywordQuery } from '../../embeddings/keyword-vector.ts';
import type { KeywordVector } from '../../embeddings/keyword-vector.ts';
import type { Hit } from '../../embeddings/point.ts';
import type { Scope } from '../../embeddings/scope.ts';
import type { VectorIndex } from '../../embeddings/vector-index.ts';
import type { Candidate } from './likely-links.ts';

/** How rare a term is, by the number that stands for it in keyword vectors. */
export type RarityOfIndex = (index: number) => number;

export interface Sought {
  readonly scope: Scope;
  readonly text: string;
  readonly vector: Float32Array;
  /** The vector is made of the words alone, and adds little to them. */
  readonly isOffline: boolean;
  readonly rarityOf: RarityOfIndex;
}

/** As many as it takes to see how alike things are by chance. */
const candidatesPerQuestion = 30;

/** A candidate with when it was said last, to tell what is earlier. */
export interface Found extends Candidate {
  readonly at: Date;
}

/** What is near to a text, by its words and by its vector, in one round trip. Throws `IndexUnavailable`. */
export async function findCandidates(index: VectorIndex, sought: Sought): Promise<Found[]> {
  const { scope, text, vector, isOffline, rarityOf } = sought;
  const words = keywordQuery(text);
  const shared = { limit: candidatesPerQuestion, withKeywords: true };
  const questions = [{ by: { keywords: words }, ...shared }, ...(isOffline ? [] : [{ by: { dense: vector }, ...shared }])];
  const [byWords = [], byVector = []] = await index.ask(scope, questions);
  const near = meanings(byVector);
  const found = new Map([...byWords, ...byVector].map((hit) => [hit.id, hit]));
  const rarityHere = amongThese([...found.values()], rarityOf);
  const weights = weighted(words, rarityHere);
  return [...found.values()].map((hit) => {
    const overlap = overlapOf(weights, hit.keywords, rarityHere);
    if (isOffline) return { id: hit.id, at: hit.at, likeness: overlap.likeness, sharedTerms: overlap.sharedTerms };
    const meaning = near.get(hit.id) ?? 0;
    // What means the same may share no word.
    const sharedTerms = meaning > 0.5 ? Math.max(2, overlap.sharedTerms) : overlap.sharedTerms;
    return { id: hit.id, at: hit.at, likeness: 0.35 * overlap.likeness + 0.65 * meaning, sharedTerms };
  });
}

/** What most of those have that were found says little of any of them, whatever it says elsewhere. */
const byCommonness = 0.7;

function amongThese(hits: readonly Hit[], rarityOf: RarityOfIndex): RarityOfIndex {
  const holders = new Map<number, number>();
  for (const { keywords } of hits) for (const index of keywords?.indices ?? []) holders.set(index, (holders.get(index) ?? 0) + 1);
  return (index) => rarityOf(index) * Math.log(1 + (hits.length + 5) / (0.5 + (holders.get(index) ?? 0))) ** byCommonness;
}

interface Weighted {
  readonly of: ReadonlyMap<number, number>;
  readonly length: number;
}

/** What is said more often counts more, and less each time; what is rare counts more. */
function weighted({ indices, values }: KeywordVector, rarityOf: RarityOfIndex): Weighted {
  const of = new Map<number, number>();
  let square = 0;
  for (const [at, index] of indices.entries()) {
    const weight = Math.log2(1 + (values[at] ?? 0)) * rarityOf(index);
    of.set(index, weight);
    square += weight * weight;
  }
  return { of, length: Math.sqrt(square) };
}

/** The cosine of two texts by their weighted words. */
function overlapOf(one: Weighted, keywords: KeywordVector | undefined, rarityOf: RarityOfIndex): { likeness: number; sharedTerms: number } {
  if (!keywords || one.length === 0) return { likeness: 0, sharedTerms: 0 };
  const other = weighted(keywords, rarityOf);
  let product = 0;
  let sharedTerms = 0;
  for (const [index, weight] of one.of) {
    const same = other.of.get(index);
    if (same === undefined) continue;
    product += weight * same;
    sharedTerms++;
  }
  return { likeness: other.length === 0 ? 0 : product / (one.length * other.length), sharedTerms };
}

/** Cosines above what is usual among them: every model has a nearness of its own that says nothing. */
function meanings(hits: readonly Hit[]): Map<string, number> {
  const ascending = hits.map(({ score }) => score).toSorted((a, b) => a - b);
  const usual = ascending[Math.floor(ascending.length / 2)] ?? 0;
  return new Map(hits.map(({ id, score }) => [id, Math.max(0, (score - usual) / Math.max(1 - usual, 0.05))]));
}
