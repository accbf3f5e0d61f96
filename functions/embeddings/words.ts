import snowball from 'snowball-stemmers';
import { stopWords } from './stop-words.ts';

/** The length of a text that is tokenized: the beginning of a pasted log says what it is about. */
const maxCharacters = 40_000;
const maxTerms = 2_000;
/** The longest word. Longer ones are hashes, keys and encoded bytes, which never repeat. */
const maxLetters = 40;
const maxKeptStems = 50_000;

const scheme = /\b(?:https?|ftp|wss?):\/\/(?:www\.)?/gi;
const asciiWord = /[a-z0-9]+/g;
const anyWord = /[\p{L}\p{N}\p{M}]+/gu;
const beyondAscii = /[^\0-\x7f]/;
const unspaced = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
const latin = /^[\p{Script=Latin}\p{N}\p{M}]+$/u;
const cyrillic = /^[\p{Script=Cyrillic}\p{M}]+$/u;
const accents = /\p{M}+/gu;
const particle = /^\p{Script=Hiragana}{1,2}$/u;

const english = snowball.newStemmer('english');
const russian = snowball.newStemmer('russian');
const segmenter = new Intl.Segmenter('und', { granularity: 'word' });

/** A cache of stems, because stemming costs most here. It is cleared when full: common words come back at once. */
let stems = new Map<string, string>();

/**
 * The content words of a text: lower case, without accents and stop words, stemmed, in order, with repeats, 2,000 at most. Each word is
 * stemmed by itself, so that a query of one word agrees with the documents that hold it. Latin words are stemmed as English, Cyrillic ones
 * as Russian; scripts without spaces are cut by dictionary.
 */
export function termsOf(text: string): string[] {
  const terms: string[] = [];
  const short = text.slice(0, maxCharacters).replace(scheme, ' ').toLowerCase();
  const isAscii = !beyondAscii.test(short);
  const folded = isAscii ? short : short.normalize('NFKC');
  for (const [word] of folded.matchAll(isAscii ? asciiWord : anyWord)) {
    if (!isAscii && unspaced.test(word)) addUnspaced(word, terms);
    else addSpaced(word, terms);
    if (terms.length >= maxTerms) return terms;
  }
  return terms;
}

function addSpaced(word: string, terms: string[]): void {
  if (word.length < 2 || word.length > maxLetters) return;
  const term = stems.get(word) ?? keepStem(word);
  if (term !== '') terms.push(term);
}

function addUnspaced(run: string, terms: string[]): void {
  for (const { segment, isWordLike } of segmenter.segment(run)) {
    if (isWordLike !== true) continue;
    if (!unspaced.test(segment)) addSpaced(segment, terms);
    else if (segment.length <= maxLetters && !stopWords.has(segment) && !particle.test(segment)) terms.push(segment);
    if (terms.length >= maxTerms) return;
  }
}

/** The term of a word; empty for a stop word. */
function keepStem(word: string): string {
  const term = stemOf(word);
  if (stems.size >= maxKeptStems) stems = new Map();
  stems.set(word, term);
  return term;
}

function stemOf(word: string): string {
  const isLatin = latin.test(word);
  const plain = isLatin ? word.normalize('NFD').replace(accents, '') : word;
  if (plain.length < 2 || stopWords.has(plain)) return '';
  if (isLatin) return english.stem(plain);
  return cyrillic.test(plain) ? russian.stem(plain) : plain;
}
