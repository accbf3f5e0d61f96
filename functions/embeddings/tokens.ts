/**
 * How many tokens a text may be at most for a model that we have no tokenizer of: a word of Latin letters is one token for each three
 * letters begun, any other sign is one. Models count less (English: about 0.6 of it), so that what is cut by it is taken by all of them.
 */
export function estimateTokens(text: string): number {
  let tokens = 0;
  for (const [piece] of text.matchAll(pieces)) tokens += tokensOf(piece);
  return tokens;
}

/** The beginning of a text, whole words of it, that is not more than so many tokens. */
export function cutToTokens(text: string, maxTokens: number): string {
  // Each token takes at least a sign: most texts need no counting.
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
