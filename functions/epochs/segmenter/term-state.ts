/** Terms of the current subject with their weights, 200 at most. Plain JSON. */
export type TermState = readonly (readonly [term: string, weight: number])[];

const maxTerms = 200;
/** The factor on older weights per message: the last few messages make the subject. */
const decay = 0.6;

/** Terms of a message with their weights, as a vector of unit length. */
export function unitTerms(terms: readonly string[], rarity: (term: string) => number): Map<string, number> {
  const vector = new Map<string, number>();
  let squares = 0;
  for (const term of terms) {
    const weight = rarity(term);
    vector.set(term, weight);
    squares += weight * weight;
  }
  const norm = Math.sqrt(squares);
  if (norm > 0) for (const [term, weight] of vector) vector.set(term, weight / norm);
  return vector;
}

/** The overlap of a message with an epoch. */
export interface Overlap {
  /** Cosine with the current subject, 0 to 1. */
  readonly similarity: number;
  /** Sums of the rarity of terms that the epoch has, and of new ones. */
  readonly familiar: number;
  readonly novel: number;
}

export function overlapOf(state: TermState, message: ReadonlyMap<string, number>, rarity: (term: string) => number): Overlap {
  let shared = 0;
  let squares = 0;
  let familiar = 0;
  for (const [term, weight] of state) {
    squares += weight * weight;
    const own = message.get(term);
    if (own === undefined) continue;
    shared += weight * own;
    familiar += rarity(term);
  }
  let all = 0;
  for (const term of message.keys()) all += rarity(term);
  return { similarity: squares > 0 ? shared / Math.sqrt(squares) : 0, familiar, novel: Math.max(0, all - familiar) };
}

/** The state after a message. The terms with the lowest weights are evicted. */
export function nextTermState(state: TermState, message: ReadonlyMap<string, number>): TermState {
  const weights = new Map<string, number>();
  for (const [term, weight] of state) weights.set(term, weight * decay);
  for (const [term, weight] of message) weights.set(term, (weights.get(term) ?? 0) + weight);
  const rounded = [...weights].map(([term, weight]) => [term, Math.round(weight * 1e4) / 1e4] as const);
  return rounded.length <= maxTerms ? rounded : rounded.sort(([, a], [, b]) => b - a).slice(0, maxTerms);
}
