import { termIndex } from '../../embeddings/keyword-vector.ts';
import { rarityOf } from '../segmenter/background.ts';
import type { Background } from '../segmenter/background.ts';

/** The rarity of terms in a workspace, by the term and by its index in keyword vectors. A rarer term says more. */
export interface Rarity {
  readonly ofTerm: (term: string) => number;
  readonly ofIndex: (index: number) => number;
}

const rarities = new WeakMap<Background, ReadonlyMap<number, number>>();

export function createRarity({ background }: { readonly background: Background }): Rarity {
  const ofTerm = (term: string): number => rarityOf(background, term);
  const byIndex = rarities.get(background) ?? new Map([...background.frequencies.keys()].map((term) => [termIndex(term), ofTerm(term)]));
  rarities.set(background, byIndex);
  // An index without a term is as rare as a term that nobody has used.
  const unknown = ofTerm('');
  return { ofTerm, ofIndex: (index) => byIndex.get(index) ?? unknown };
}
