import type { KeywordVector } from './keyword-vector.ts';

/** Something that was found by the words of a query, with its own. */
export interface FeedbackText {
  readonly score: number;
  readonly keywords: KeywordVector;
}

/** How common terms are among all texts, by the numbers that stand for them. */
export interface Frequencies {
  /** How much a term says: the rarer, the more. */
  readonly rarityOf: (index: number) => number;
  /** In which share of the texts it is, above 0. */
  readonly shareOf: (index: number) => number;
}

/** How many of the first that were found are taken to be about what was asked. */
export const feedbackTexts = 10;
const maxAdded = 40;
/** A word is taken over when it is in so many of them: what one alone says is its own matter. */
const minTexts = 2;
/** How much of a query the words that are taken over may make up, */
const maxShare = 0.5;
/** up to how many words of its own a query has that much to learn, */
const fewTerms = 6;
/** and which one is looked at for how far the first stands out: who asks for one certain text has found it, and needs no others like it. */
const compared = 4;
/**
 * How much commoner than elsewhere (as a logarithm) the words are that the texts share, where it says nothing, and where it says all: texts
 * that were found by chance share what any do.
 */
const chanceLift = 0.8;
const surestLift = 1.8;

/**
 * A query with words that it did not say: those that the texts share which were found by it, as far as they are rare elsewhere (relevance
 * feedback without anybody's judgement, after RM3). Little is added to a query of many words, where the first text stands out, and where
 * the texts share nothing of their own.
 */
export function expandQuery(query: KeywordVector, found: readonly FeedbackText[], frequencies: Frequencies): KeywordVector {
  const learnt = learnFrom(query, found, frequencies);
  const own = sum(query.values);
  const all = sum(learnt.map(({ weight }) => weight));
  if (own === 0 || all === 0) return query;
  const share =
    maxShare * Math.min(1, fewTerms / query.indices.length) * Math.sqrt(evenness(found)) * coherence(query, learnt, found, frequencies);
  const weights = new Map(query.indices.map((index, at) => [index, ((1 - share) * (query.values[at] ?? 0)) / own]));
  for (const { index, weight } of learnt) weights.set(index, (weights.get(index) ?? 0) + (share * weight) / all);
  const entries = [...weights].filter(([, weight]) => weight > 0).toSorted(([a], [b]) => a - b);
  return { indices: entries.map(([index]) => index), values: entries.map(([, weight]) => weight) };
}

interface Learnt {
  readonly index: number;
  readonly weight: number;
  /** How many of the texts say it. */
  readonly texts: number;
}

/** How little the first stands out: 1 when others were found as well as it was. */
function evenness(found: readonly FeedbackText[]): number {
  const first = found[0]?.score ?? 0;
  const other = (found[compared] ?? found.at(-1))?.score ?? 0;
  return first > 0 ? Math.min(1, other / first) : 0;
}

/** How sure it is that the texts are about one thing, by the words that they share beside those of the query. */
function coherence(query: KeywordVector, learnt: readonly Learnt[], found: readonly FeedbackText[], { shareOf }: Frequencies): number {
  const asked = new Set(query.indices);
  const liftOf = ({ index, texts }: Learnt) => (asked.has(index) ? 0 : Math.max(0, Math.log(texts / found.length / shareOf(index))));
  const lift = sum(learnt.map((one) => one.weight * liftOf(one))) / sum(learnt.map(({ weight }) => weight));
  return Math.min(1, Math.max(0, (lift - chanceLift) / (surestLift - chanceLift)));
}

/** What the texts say, each as far as it was found for the query; the most telling of it. */
function learnFrom(query: KeywordVector, found: readonly FeedbackText[], { rarityOf }: Frequencies): Learnt[] {
  const asked = new Set(query.indices);
  const said = new Map<number, { weight: number; texts: number }>();
  for (const { score, keywords } of found) {
    const length = sum(keywords.values);
    for (const [at, index] of keywords.indices.entries()) {
      const { weight, texts } = said.get(index) ?? { weight: 0, texts: 0 };
      said.set(index, { weight: weight + (score * (keywords.values[at] ?? 0)) / length, texts: texts + 1 });
    }
  }
  return [...said]
    .filter(([index, { texts }]) => asked.has(index) || texts >= Math.min(minTexts, found.length))
    .map(([index, { weight, texts }]) => ({ index, weight, texts, worth: weight * rarityOf(index) }))
    .toSorted((a, b) => b.worth - a.worth || a.index - b.index)
    .slice(0, maxAdded);
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
