/** Agreement of predicted with annotated boundaries, for one dialogue or as the mean of many. */
export interface Score {
  /** Share of windows with a boundary on one side only (Beeferman). */
  readonly pk: number;
  /** Share of windows whose numbers of boundaries differ (Pevzner and Hearst). */
  readonly windowDiff: number;
  /** Harmonic mean of precision and recall of exact boundaries; 0 when neither side has any. */
  readonly f1: number;
  /** F1/2 + (1-Pk)/4 + (1-WindowDiff)/4. */
  readonly score: number;
}

/**
 * Scores boundaries as SuperDialseg does: windows as in NLTK's `pk` and `windowdiff`, over one 0 or 1 a message, where 1 ends a segment
 * and the last message is always 0. The window is half the mean segment, at least 2.
 */
export function scoreOf(messageCount: number, gold: readonly number[], predicted: readonly number[]): Score {
  const reference = marksOf(messageCount, gold);
  const hypothesis = marksOf(messageCount, predicted);
  const width = Math.max(2, halfToEven(messageCount / (gold.length + 1) / 2));
  const windows = messageCount - width + 1;
  let different = 0;
  let unequal = 0;
  for (let from = 0; from < windows; from++) {
    const inReference = sum(reference, from, from + width);
    const inHypothesis = sum(hypothesis, from, from + width);
    if (inReference > 0 !== inHypothesis > 0) different++;
    if (inReference !== inHypothesis) unequal++;
  }
  const pk = windows > 0 ? different / windows : 0;
  const windowDiff = windows > 0 ? unequal / windows : 0;
  const found = predicted.filter((at) => gold.includes(at)).length;
  const f1 = gold.length + predicted.length > 0 ? (2 * found) / (gold.length + predicted.length) : 0;
  return { pk, windowDiff, f1, score: f1 / 2 + (1 - pk) / 4 + (1 - windowDiff) / 4 };
}

/** The mean of the scores of dialogues. */
export function meanOf(scores: readonly Score[]): Score {
  const mean = (key: keyof Score) => scores.reduce((total, score) => total + score[key], 0) / scores.length;
  return { pk: mean('pk'), windowDiff: mean('windowDiff'), f1: mean('f1'), score: mean('score') };
}

function marksOf(messageCount: number, boundaries: readonly number[]): number[] {
  const starts = new Set(boundaries);
  return Array.from({ length: messageCount }, (_, at) => Number(starts.has(at + 1)));
}

function sum(marks: readonly number[], from: number, to: number): number {
  let total = 0;
  for (let at = from; at < to; at++) total += marks[at] ?? 0;
  return total;
}

/** Python's `round` (half to even), which the published figures use. */
function halfToEven(value: number): number {
  const floor = Math.floor(value);
  if (value - floor !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}
