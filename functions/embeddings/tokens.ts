/**
 * An upper bound of the tokens of a text, for models without a known tokenizer. A Latin word counts one token per three letters begun, any
 * other character counts one. Models count less (English: about 0.6 of it), so a text that is cut by this fits all of them.
 */
export function estimateTokens(text: string): number {
  let tokens = 0;
  for (const [piece] of text.matchAll(pieces)) tokens += tokensOf(piece);
  return tokens;
}

/** The beginning of a text, in whole words, up to a number of tokens. */
export function cutToTokens(text: string, maxTokens: number): string {
  // A token has at least one character, so most texts need no counting.
  if (text.length <= maxTokens) return text;
  let tokens = 0;
  for (const { 0: piece, index } of text.matchAll(pieces)) {
    tokens += tokensOf(piece);
    if (tokens > maxTokens) return index === 0 ? piece.slice(0, maxTokens) : text.slice(0, index).trimEnd();
  }
  return text;
}

const pieces = /[\p{Script=Latin}\p{M}]+|\S/gu;
const tokensOf = (piece: string): number => (piece.length === 1 ? 1 : Math.ceil(piece.length / 3));
