/** Something that may be related: how alike it is to what is asked about, 0 to 1, and how many content words the two have in common. */
export interface Candidate {
  readonly id: string;
  readonly likeness: number;
  readonly sharedTerms: number;
}

export interface Likely {
  readonly id: string;
  /** 0 to 1: how far it stands out of the others. */
  readonly score: number;
}

/** One word in common is chance, however rare it is. */
const minSharedTerms = 2;
/** Of fewer candidates nothing can be said of how alike things are by chance. */
const enough = 8;
/** What is as alike as this is related, whatever the others are; what is less alike than this is not. */
const surely = 0.3;
const hardly = 0.12;
/** How far above the usual, in the spread of the usual. */
const deviations = 3.5;

/**
 * Those of the candidates that are related, best first; of what is as alike, the newest. What is near in one workspace is far in another, so
 * it is not a number that decides but the candidates themselves: most of them are alike by chance, and what is related stands out of them.
 */
export function likelyRelated(candidates: readonly Candidate[], limit = 10): Likely[] {
  const least = leastLikeness(candidates.map(({ likeness }) => likeness));
  return candidates
    .filter(({ likeness, sharedTerms }) => likeness >= least && sharedTerms >= minSharedTerms)
    .toSorted((a, b) => b.likeness - a.likeness || (a.id < b.id ? 1 : -1))
    .slice(0, limit)
    .map(({ id, likeness }) => ({ id, score: scoreOf(likeness, least) }));
}

/** The usual is what the less alike two thirds are: the others may be what is looked for. */
function leastLikeness(likenesses: readonly number[]): number {
  if (likenesses.length < enough) return (hardly + surely) / 2;
  const usual = likenesses.toSorted((a, b) => a - b).slice(0, Math.ceil((likenesses.length * 2) / 3));
  const middle = medianOf(usual);
  const spread = 1.4826 * medianOf(usual.map((likeness) => Math.abs(likeness - middle)).toSorted((a, b) => a - b));
  return Math.min(Math.max(middle + deviations * Math.max(spread, 0.02), hardly), surely);
}

const medianOf = (ascending: readonly number[]): number => ascending[Math.floor(ascending.length / 2)] ?? 0;

/** At the threshold a half, and the more the higher above it. */
const scoreOf = (likeness: number, least: number): number => Math.min(1, 0.5 + (0.5 * (likeness - least)) / Math.max(1 - least, 0.01));
