/** An epoch that may be related: its likeness to the text in question, 0 to 1, and the number of content words the two share. */
export interface Candidate {
  readonly id: string;
  readonly likeness: number;
  readonly sharedTerms: number;
}

export interface ScoredLink {
  readonly id: string;
  /** Distance above the other candidates, 0 to 1. */
  readonly score: number;
}

/** One shared word is chance, however rare the word is. */
const minSharedTerms = 2;
/** Fewer candidates say nothing about the likeness that is usual by chance. */
const minCandidates = 8;
/** A candidate with the upper likeness is always related; one below the lower likeness never is. */
const alwaysRelated = 0.3;
const neverRelated = 0.12;
/** Distance above the usual likeness, in robust standard deviations. */
const deviations = 3.5;

/**
 * Chooses the candidates that are related, best first, and the newest first among equals. Likenesses of two workspaces cannot be compared, so
 * no fixed number decides: most candidates are alike by chance, and the related ones stand out from those.
 */
export function chooseLinks(candidates: readonly Candidate[], limit = 10): ScoredLink[] {
  const threshold = thresholdOf(candidates.map(({ likeness }) => likeness));
  return candidates
    .filter(({ likeness, sharedTerms }) => likeness >= threshold && sharedTerms >= minSharedTerms)
    .toSorted((a, b) => b.likeness - a.likeness || (a.id < b.id ? 1 : -1))
    .slice(0, limit)
    .map(({ id, likeness }) => ({ id, score: scoreOf(likeness, threshold) }));
}

/** The lower two thirds of the likenesses stand for the usual: the upper third may hold related epochs. */
function thresholdOf(likenesses: readonly number[]): number {
  if (likenesses.length < minCandidates) return (neverRelated + alwaysRelated) / 2;
  const usual = likenesses.toSorted((a, b) => a - b).slice(0, Math.ceil((likenesses.length * 2) / 3));
  const median = medianOf(usual);
  const spread = 1.4826 * medianOf(usual.map((likeness) => Math.abs(likeness - median)).toSorted((a, b) => a - b));
  return Math.min(Math.max(median + deviations * Math.max(spread, 0.02), neverRelated), alwaysRelated);
}

const medianOf = (ascending: readonly number[]): number => ascending[Math.floor(ascending.length / 2)] ?? 0;

/** A score of 0.5 at the threshold, rising to 1. */
const scoreOf = (likeness: number, threshold: number): number =>
  Math.min(1, 0.5 + (0.5 * (likeness - threshold)) / Math.max(1 - threshold, 0.01));

/** The factor on the likeness for each time that a member rejected the epoch. */
const perRejection = 0.8;

/** Lowers the likeness of a candidate by the rejections that members gave it. */
export const discountRejected = <T extends Candidate>(candidate: T, rejections: ReadonlyMap<string, number>): T => ({
  ...candidate,
  likeness: candidate.likeness * perRejection ** (rejections.get(candidate.id) ?? 0),
});
