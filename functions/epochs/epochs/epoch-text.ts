import { createHash } from 'node:crypto';
import { termsOf } from '../../embeddings/words.ts';
import type { EpochContent } from './epoch-store.ts';
import { snippetOf } from './epoch.ts';
import { plainWords } from './plain-words.ts';

/** The indexed description of an epoch, made from the texts of its messages. */
export interface EpochText {
  readonly text: string;
  /** SHA-256 of the text, so that a model embeds the same text once. */
  readonly hash: Buffer;
  readonly terms: readonly string[];
  readonly label: string | null;
  readonly snippet: string | null;
  readonly messageCount: number;
}

/** An epoch with its description. */
export interface DescribedEpoch extends EpochContent {
  readonly described: EpochText;
}

/** The indexed length of an epoch. A longer one is a pasted log, or a bot. */
const maxCharacters = 30_000;
/** The indexed length of one message. */
const maxMessageCharacters = 4_000;
const maxTerms = 8;
const labelTerms = 3;

/** The rarity of a term in the workspace. A rarer term says more. */
export type RarityOf = (term: string) => number;

/** Describes an epoch by the texts of its messages, in order and without deleted ones. */
export function describeEpoch(texts: readonly string[], rarityOf: RarityOf): EpochText {
  const text = joined(texts);
  const words = characteristicWords(texts, rarityOf);
  return {
    text,
    hash: createHash('sha256').update(text).digest(),
    terms: words.map(({ word }) => word),
    label: labelOf(words.slice(0, labelTerms)),
    snippet: snippetOf(texts.find((one) => snippetOf(one) !== null) ?? ''),
    messageCount: texts.length,
  };
}

/** Joins messages by line breaks. A message that a bot repeats appears once. */
function joined(texts: readonly string[]): string {
  const seen = new Set<string>();
  let text = '';
  for (const one of texts) {
    const short = one.slice(0, maxMessageCharacters).trim();
    if (short === '' || seen.has(short)) continue;
    if (text.length + short.length > maxCharacters) break;
    seen.add(short);
    text += text === '' ? short : `\n${short}`;
  }
  return text;
}

interface WeightedWord {
  readonly word: string;
  readonly weight: number;
}

/** Words that are rare in the workspace and repeated in the epoch, in their most frequent spelling, best first. */
function characteristicWords(texts: readonly string[], rarityOf: RarityOf): WeightedWord[] {
  const found = new Map<string, { messages: Set<number>; written: Map<string, number> }>();
  for (const [index, text] of texts.entries()) {
    const prose = text.slice(0, maxMessageCharacters).replace(notWords, ' ');
    for (const { 0: run, index: at } of prose.matchAll(wordRuns)) {
      const terms = termsOf(run);
      for (const term of terms) {
        if (!isCharacteristic(term)) continue;
        const entry = found.get(term) ?? { messages: new Set(), written: new Map() };
        entry.messages.add(index);
        const written = terms.length === 1 ? asWritten(run, prose.slice(0, at)) : term;
        entry.written.set(written, (entry.written.get(written) ?? 0) + 1);
        found.set(term, entry);
      }
    }
  }
  return (
    [...found]
      .map(([term, { messages, written }]) => ({
        word: mostWritten(written),
        weight: (1 + Math.log2(messages.size)) * rarityOf(term) * (plainWords.has(term) ? plainWeight : 1),
      }))
      // Words of equal weight stay in the order of their first use: maps and sorting are stable.
      .toSorted((a, b) => b.weight - a.weight)
      .slice(0, maxTerms)
  );
}

const wordRuns = /[\p{L}\p{N}\p{M}]+(?:['’-][\p{L}\p{N}\p{M}]+)*/gu;
/** Addresses, code and mentions are no topics. */
const notWords = /https?:\/\/\S+|```[\s\S]*?(?:```|$)|`[^`\n]*`|[@#][\w.-]+/g;
/** The weight of a word of any conversation: it becomes a label only when nothing else can. */
const plainWeight = 0.3;

/** Excludes bare numbers and terms of one or two ASCII characters. */
const isCharacteristic = (term: string): boolean => !/^\p{N}+$/u.test(term) && (term.length > 2 || /\P{ASCII}/u.test(term));

/** Lowers a capital that the word has only because it begins a sentence. */
const asWritten = (run: string, before: string): string =>
  sentenceStart.test(before.slice(-3)) && startsLikeASentence.test(run) ? run.charAt(0).toLowerCase() + run.slice(1) : run;
const sentenceStart = /(?:^|[.!?:…\n]["'”»)]?)\s*$/u;
const startsLikeASentence = /^\p{Lu}\p{Ll}+$/u;

/** The most frequent spelling; among equals the one without capitals. */
function mostWritten(written: ReadonlyMap<string, number>): string {
  const [best = ['', 0]] = [...written].toSorted(([a, m], [b, n]) => n - m || (a > b ? -1 : 1));
  return best[0];
}

function labelOf(words: readonly WeightedWord[]): string | null {
  if (words.length === 0) return null;
  const label = words.map(({ word }) => word).join(', ');
  return label.charAt(0).toUpperCase() + label.slice(1, 80);
}
