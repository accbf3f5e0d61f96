import { createHash } from 'node:crypto';
import { termsOf } from '../../embeddings/words.ts';
import { snippetOf } from './epoch.ts';
import { plainWords } from './plain-words.ts';

/** What is in the index of one epoch, made of what was said in it. */
export interface EpochText {
  readonly text: string;
  /** Of the text: the same text is never embedded twice with one model. */
  readonly hash: Buffer;
  readonly terms: readonly string[];
  readonly label: string | null;
  readonly snippet: string | null;
  readonly messageCount: number;
}

/** An epoch counts up to here: more is a log that was pasted, or a bot. */
const maxCharacters = 30_000;
/** One message among many says no more than so much. */
const maxMessageCharacters = 4_000;
const telling = 8;
const inLabel = 3;

/** How rare a term is: the rarer, the more it says. */
export type RarityOf = (term: string) => number;

/** What is to be known of an epoch, by the texts of its messages in their order, the deleted ones left out. */
export function describeEpoch(texts: readonly string[], rarityOf: RarityOf): EpochText {
  const text = joined(texts);
  const words = tellingWords(texts, rarityOf);
  return {
    text,
    hash: createHash('sha256').update(text).digest(),
    terms: words.map(({ word }) => word),
    label: labelOf(words.slice(0, inLabel)),
    snippet: snippetOf(texts.find((one) => snippetOf(one) !== null) ?? ''),
    messageCount: texts.length,
  };
}

/** Messages one below the other; what a bot repeats is said once. */
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

interface Told {
  readonly word: string;
  readonly weight: number;
}

/** The words that say most of what was said: rare elsewhere, and said again here. The way they are mostly written stands for them. */
function tellingWords(texts: readonly string[], rarityOf: RarityOf): Told[] {
  const found = new Map<string, { messages: Set<number>; written: Map<string, number> }>();
  for (const [index, text] of texts.entries()) {
    const said = text.slice(0, maxMessageCharacters).replace(notWords, ' ');
    for (const { 0: run, index: at } of said.matchAll(wordRuns)) {
      const terms = termsOf(run);
      for (const term of terms) {
        if (!isTelling(term)) continue;
        const entry = found.get(term) ?? { messages: new Set(), written: new Map() };
        entry.messages.add(index);
        const written = terms.length === 1 ? asWritten(run, said.slice(0, at)) : term;
        entry.written.set(written, (entry.written.get(written) ?? 0) + 1);
        found.set(term, entry);
      }
    }
  }
  return (
    [...found]
      .map(([term, { messages, written }]) => ({
        word: mostWritten(written),
        weight: (1 + Math.log2(messages.size)) * rarityOf(term) * (plainWords.has(term) ? plainness : 1),
      }))
      // Of what says the same, what was said first: a map keeps that order, and so does sorting.
      .toSorted((a, b) => b.weight - a.weight)
      .slice(0, telling)
  );
}

const wordRuns = /[\p{L}\p{N}\p{M}]+(?:['’-][\p{L}\p{N}\p{M}]+)*/gu;
/** Addresses, code and mentions name nothing that people would call a topic. */
const notWords = /https?:\/\/\S+|```[\s\S]*?(?:```|$)|`[^`\n]*`|[@#][\w.-]+/g;
/** What a word counts that is said in any conversation: it names what this one is about only where nothing else does. */
const plainness = 0.3;

/** Bare numbers and single signs say too little beside words. */
const isTelling = (term: string): boolean => !/^\p{N}+$/u.test(term) && (term.length > 2 || /\P{ASCII}/u.test(term));

/** A capital at the beginning of a sentence is no part of the word; one elsewhere is. */
const asWritten = (run: string, before: string): string =>
  sentenceStart.test(before.slice(-3)) && startsLikeASentence.test(run) ? run.charAt(0).toLowerCase() + run.slice(1) : run;
const sentenceStart = /(?:^|[.!?:…\n]["'”»)]?)\s*$/u;
const startsLikeASentence = /^\p{Lu}\p{Ll}+$/u;

/** The most frequent way of writing; of several the one without capitals. */
function mostWritten(written: ReadonlyMap<string, number>): string {
  const [best = ['', 0]] = [...written].toSorted(([a, m], [b, n]) => n - m || (a > b ? -1 : 1));
  return best[0];
}

function labelOf(words: readonly Told[]): string | null {
  if (words.length === 0) return null;
  const label = words.map(({ word }) => word).join(', ');
  return label.charAt(0).toUpperCase() + label.slice(1, 80);
}
