/** Terms of an epoch, each with how much it stands for what is spoken of now. At most 200. */
export type TermMemory = readonly (readonly [term: string, weight: number])[];

const maxTerms = 200;
/** What a message leaves of the memory before it: the subject is that of the last few messages. */
const decay = 0.6;

/** The terms of a message with their weights, as a vector of unit length. */
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

/** What of a message an epoch knows. */
export interface Overlap {
  /** Cosine with what is spoken of now, 0 to 1. */
  readonly similarity: number;
  /** Rarity of its terms that the epoch has had, and of those it has not, each summed. */
  readonly familiar: number;
  readonly novel: number;
}

export function overlapOf(memory: TermMemory, message: ReadonlyMap<string, number>, rarity: (term: string) => number): Overlap {
  let shared = 0;
  let squares = 0;
  let familiar = 0;
  for (const [term, weight] of memory) {
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

/** The memory after a message. What was said longest ago makes room. */
export function remember(memory: TermMemory, message: ReadonlyMap<string, number>): TermMemory {
  const weights = new Map<string, number>();
  for (const [term, weight] of memory) weights.set(term, weight * decay);
  for (const [term, weight] of message) weights.set(term, (weights.get(term) ?? 0) + weight);
  const rounded = [...weights].map(([term, weight]) => [term, Math.round(weight * 1e4) / 1e4] as const);
  return rounded.length <= maxTerms ? rounded : rounded.sort(([, a], [, b]) => b - a).slice(0, maxTerms);
}
