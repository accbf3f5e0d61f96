import type { Epoch } from '../../../contract/epoch.ts';

/** Epochs that have all words of a text in label, keywords or first words. */
export function filterEpochs(epochs: readonly Epoch[], text: string): Epoch[] {
  const words = plain(text)
    .split(/\s+/)
    .filter((word) => word !== '');
  return epochs.filter(({ label, terms, snippet }) => {
    const said = plain([label, ...terms, snippet].filter((part) => part !== null).join(' '));
    return words.every((word) => said.includes(word));
  });
}

/** Removes case and accents. */
const plain = (text: string): string => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
