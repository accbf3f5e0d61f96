import { termIndex } from '../../embeddings/keyword-vector.ts';
import { rarityOf } from '../segmenter/background.ts';
import type { Background } from '../segmenter/background.ts';

/** How much a term says, by itself and by the number that stands for it in keyword vectors: the rarer in the workspace, the more. */
export interface Rarity {
  readonly ofTerm: (term: string) => number;
  readonly ofIndex: (index: number) => number;
}

const held = new WeakMap<Background, ReadonlyMap<number, number>>();

export function createRarity({ background }: { readonly background: Background }): Rarity {
  const ofTerm = (term: string): number => rarityOf(background, term);
  const byIndex = held.get(background) ?? new Map([...background.frequencies.keys()].map((term) => [termIndex(term), ofTerm(term)]));
  held.set(background, byIndex);
  // What has no word in it is as rare as what was never said.
  const unknown = ofTerm('');
  return { ofTerm, ofIndex: (index) => byIndex.get(index) ?? unknown };
}
