/**
 * TextTiling (Hearst, 1997) as in NLTK and in SuperDialseg's evaluation: pseudo-sentences of 10 words, blocks of 6, each message a
 * paragraph. It reads the whole dialogue. Its only use here is to check the scorer against published figures.
 */
const wordsOfSentence = 10;
const blockSentences = 6;
/** Minimum characters of a paragraph; a shorter one is merged with the next. */
const paragraphCharacters = 100;

/** NLTK's stop words without those with apostrophes, which tokens never contain. */
const stopWords = new Set(
  `i me my myself we our ours ourselves you your yours yourself yourselves he him his himself she her hers herself it its itself they them
  their theirs themselves what which who whom this that these those am is are was were be been being have has had having do does did doing
  a an the and but if or because as until while of at by for with about against between into through during before after above below to from
  up down in out on off over under again further then once here there when where why how all any both each few more most other some such no
  nor not only own same so than too very s t can will just don should now d ll m o re ve y ain aren couldn didn doesn hadn hasn haven isn ma
  mightn mustn needn shan shouldn wasn weren won wouldn`.split(/\s+/),
);

/** Indexes of messages that start a new part. Empty for texts that are too short. */
export function textTiling(texts: readonly string[]): number[] {
  const messages = texts.map((text) => text.replace(/^\n+|\n+$/g, ''));
  const boundaries: number[] = [];
  let at = 0;
  for (const tile of tilesOf(messages.join('\n\n'))) {
    const lines = tile.trim() === '' ? [] : tile.trim().split('\n\n');
    at += lines.length;
    if (lines.length > 0 && at < texts.length) boundaries.push(at);
  }
  return boundaries;
}

function tilesOf(text: string): string[] {
  const scores = gapScores(sentencesOf(text));
  const paragraphs = paragraphsOf(text);
  // NLTK rejects such texts.
  if (scores.length < 3 || paragraphs.length < 2) return [text];
  const cuts = nearestParagraphs(text, deepest(depths(smooth(scores))), paragraphs).filter((cut) => cut > 0);
  return [0, ...cuts].map((cut, at) => text.slice(cut, cuts[at]));
}

/** Word counts of each pseudo-sentence. */
function sentencesOf(text: string): Map<string, number>[] {
  const words =
    text
      .toLowerCase()
      .replace(/[^a-z\-' \n\t]/g, '')
      .match(/\w+/g) ?? [];
  const sentences: Map<string, number>[] = [];
  for (let from = 0; from < words.length; from += wordsOfSentence)
    sentences.push(counted(words.slice(from, from + wordsOfSentence).filter((word) => !stopWords.has(word))));
  return sentences;
}

function counted(words: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}

/** Cosine similarity of the blocks around each gap between pseudo-sentences; blocks at the ends are shorter. */
function gapScores(sentences: readonly Map<string, number>[]): number[] {
  const gaps = sentences.length - 1;
  const block = (from: number, to: number) => {
    const sum = new Map<string, number>();
    for (const sentence of sentences.slice(from, to)) for (const [word, count] of sentence) sum.set(word, (sum.get(word) ?? 0) + count);
    return sum;
  };
  return Array.from({ length: Math.max(0, gaps) }, (_, gap) => {
    const width = gap < blockSentences - 1 ? gap + 1 : gap > gaps - blockSentences ? gaps - gap : blockSentences;
    return cosineOf(block(gap - width + 1, gap + 1), block(gap + 1, gap + width + 1));
  });
}

function cosineOf(a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): number {
  const squares = (counts: ReadonlyMap<string, number>) => [...counts.values()].reduce((sum, count) => sum + count * count, 0);
  const shared = [...a].reduce((sum, [word, count]) => sum + count * (b.get(word) ?? 0), 0);
  return shared === 0 ? 0 : shared / Math.sqrt(squares(a) * squares(b));
}

/** Smooths with means of three; both ends are mirrored as in NLTK. */
function smooth(scores: readonly number[]): number[] {
  const at = (index: number) => scores.at(index) ?? 0;
  const before = scores
    .slice(2, 4)
    .toReversed()
    .map((score) => 2 * at(0) - score);
  const behind = [at(-1), 2 * at(-1) - at(-2)];
  const padded = [...before, ...scores, ...behind];
  const means = padded.map((score, index) => ((padded[index - 1] ?? 0) + score + (padded[index + 1] ?? 0)) / 3);
  return means.slice(2, -2);
}

/** Depth of each score below the peaks on its two sides; 0 at the ends. */
function depths(scores: readonly number[]): number[] {
  const clip = Math.min(Math.max(Math.floor(scores.length / 10), 2), 5);
  return scores.map((score, index) => {
    if (index < clip || index >= scores.length - clip) return 0;
    const peak = (side: readonly number[]) => {
      let highest = score;
      for (const one of side) {
        if (one < highest) break;
        highest = one;
      }
      return highest;
    };
    return peak(scores.slice(0, index + 1).toReversed()) + peak(scores.slice(index)) - 2 * score;
  });
}

/** Gaps above the depth threshold, deepest first, at least three apart. */
function deepest(depth: readonly number[]): boolean[] {
  const mean = depth.reduce((sum, one) => sum + one, 0) / depth.length;
  const deviation = Math.sqrt(depth.reduce((sum, one) => sum + (one - mean) ** 2, 0) / depth.length);
  const deep = [...depth.keys()]
    .sort((a, b) => (depth[b] ?? 0) - (depth[a] ?? 0) || b - a)
    .filter((gap) => (depth[gap] ?? 0) > mean - deviation / 2);
  const chosen = depth.map(() => false);
  for (const gap of deep) chosen[gap] = !deep.some((other) => other !== gap && Math.abs(other - gap) < 4 && chosen[other] === true);
  return chosen;
}

/** Positions of the breaks before paragraphs. */
function paragraphsOf(text: string): number[] {
  const breaks = [0];
  for (const { index } of text.matchAll(/[ \t\r\f\v]*\n[ \t\r\f\v]*\n[ \t\r\f\v]*/g))
    if (index - (breaks.at(-1) ?? 0) >= paragraphCharacters) breaks.push(index);
  return breaks;
}

/** Moves each chosen gap to the paragraph break nearest to the same count of words. */
function nearestParagraphs(text: string, chosen: readonly boolean[], paragraphs: readonly number[]): number[] {
  const cuts: number[] = [];
  let words = 0;
  let gap = 0;
  let isInWord = false;
  let characters = 0;
  for (const character of text) {
    characters++;
    const isSpace = ' \t\n'.includes(character);
    if (isSpace && isInWord) words++;
    isInWord = !isSpace;
    if (gap >= chosen.length || words <= Math.max(gap * wordsOfSentence, wordsOfSentence)) continue;
    if (chosen[gap] === true) {
      const cut = nearest(paragraphs, characters);
      if (!cuts.includes(cut)) cuts.push(cut);
    }
    gap++;
  }
  return cuts;
}

/** The nearest position, the first one of several. */
function nearest(positions: readonly number[], to: number): number {
  let best = positions[0] ?? 0;
  for (const position of positions) {
    if (Math.abs(position - to) >= Math.abs(best - to) && position !== best) break;
    best = position;
  }
  return best;
}
