import type { KeywordVector } from './keyword-vector.ts';

/** A text that was found by the words of a query, with its keyword vector. */
export interface FeedbackText {
  readonly score: number;
  readonly keywords: KeywordVector;
}

/** Frequencies of terms among all texts, by their index in keyword vectors. */
export interface Frequencies {
  /** The rarity of a term. A rarer term says more. */
  readonly rarityOf: (index: number) => number;
  /** The share of texts with the term, above 0. */
  readonly shareOf: (index: number) => number;
}

/** Top results that are assumed to be relevant. */
export const feedbackTexts = 10;
const maxAdded = 40;
/** Results that must share a word before it joins the query: a word of one text is chance. */
const minTexts = 2;
/** Limits of the feedback: the share of added words in the expanded query, */
const maxShare = 0.5;
/** the query length in words above which less is added, */
const fewTerms = 6;
/** and the rank that is compared with the first one. A query for one known text finds it far ahead of all others, and needs no feedback. */
const compared = 4;
/**
 * Excess frequency of the shared words (logarithm) at which feedback is off, and fully on. Texts that were found by chance share only what
 * any texts do.
 */
const chanceLift = 0.8;
const surestLift = 1.8;

/**
 * Adds words to a query: those that its top results share and that are rare elsewhere (relevance feedback without a judge, after RM3).
 * Long queries, a first result far ahead, and results with little in common get few added words.
 */
export function expandQuery(query: KeywordVector, found: readonly FeedbackText[], frequencies: Frequencies): KeywordVector {
  const terms = feedbackTerms(query, found, frequencies);
  const own = sum(query.values);
  const all = sum(terms.map(({ weight }) => weight));
  if (own === 0 || all === 0) return query;
  const share =
    maxShare * Math.min(1, fewTerms / query.indices.length) * Math.sqrt(evenness(found)) * coherence(query, terms, found, frequencies);
  const weights = new Map(query.indices.map((index, at) => [index, ((1 - share) * (query.values[at] ?? 0)) / own]));
  for (const { index, weight } of terms) weights.set(index, (weights.get(index) ?? 0) + (share * weight) / all);
  const entries = [...weights].filter(([, weight]) => weight > 0).toSorted(([a], [b]) => a - b);
  return { indices: entries.map(([index]) => index), values: entries.map(([, weight]) => weight) };
}

interface FeedbackTerm {
  readonly index: number;
  readonly weight: number;
  /** Number of the texts with the term. */
  readonly texts: number;
}

/** The closeness of other results to the first: 1 when others match as well. */
function evenness(found: readonly FeedbackText[]): number {
  const first = found[0]?.score ?? 0;
  const other = (found[compared] ?? found.at(-1))?.score ?? 0;
  return first > 0 ? Math.min(1, other / first) : 0;
}

/** The confidence that the texts share a subject, by the words that they share beside those of the query. */
function coherence(query: KeywordVector, terms: readonly FeedbackTerm[], found: readonly FeedbackText[], { shareOf }: Frequencies): number {
  const ofQuery = new Set(query.indices);
  const liftOf = ({ index, texts }: FeedbackTerm) =>
    ofQuery.has(index) ? 0 : Math.max(0, Math.log(texts / found.length / shareOf(index)));
  const lift = sum(terms.map((one) => one.weight * liftOf(one))) / sum(terms.map(({ weight }) => weight));
  return Math.min(1, Math.max(0, (lift - chanceLift) / (surestLift - chanceLift)));
}

/** The terms of the texts with the most weight, each weighted by the score of its text. */
function feedbackTerms(query: KeywordVector, found: readonly FeedbackText[], { rarityOf }: Frequencies): FeedbackTerm[] {
  const ofQuery = new Set(query.indices);
  const weights = new Map<number, { weight: number; texts: number }>();
  for (const { score, keywords } of found) {
    const length = sum(keywords.values);
    for (const [at, index] of keywords.indices.entries()) {
      const { weight, texts } = weights.get(index) ?? { weight: 0, texts: 0 };
      weights.set(index, { weight: weight + (score * (keywords.values[at] ?? 0)) / length, texts: texts + 1 });
    }
  }
  return [...weights]
    .filter(([index, { texts }]) => ofQuery.has(index) || texts >= Math.min(minTexts, found.length))
    .map(([index, { weight, texts }]) => ({ index, weight, texts, worth: weight * rarityOf(index) }))
    .toSorted((a, b) => b.worth - a.worth || a.index - b.index)
    .slice(0, maxAdded);
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
