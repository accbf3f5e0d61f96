import { termsOf } from '../../embeddings/words.ts';

/** Term frequencies of a workspace, bounded by the terms of its model. */
export interface Background {
  /** Number of counted messages. */
  readonly messageCount: number;
  /** Number of messages with a term; missing terms are very rare. */
  readonly frequencies: ReadonlyMap<string, number>;
}

/** The background of a new workspace. */
export const coldBackground: Background = { messageCount: 0, frequencies: new Map() };

/** Words of any English conversation: two messages that share them may have nothing in common. */
const everywhere = new Set(
  termsOf(`like get going would could know known want wanted need one well good make thing think say said see also really yes oh ok okay
    sure right kind lot much way look try take come give let tell got may might must still even ever never always maybe though yet anything
    something everything nothing yeah great nice cool thank thanks please hello hi hey welcome sorry us mean sound back little bit pretty
    actually guess lol haha wow hmm um uh course another else many better best awesome today quite`),
);
const common = new Set(
  termsOf(`time year day work help new use people find found first last long old start keep ask part place two three put made read next
    happen question hear show feel talk call hope move love enjoy week month able every sometimes person different problem hard big high
    home live life run turn stay leave wait sense point check mind reason start stop understand believe change set play bring add
    information`),
);
const rare = 1.2;

/** The number of messages at which the workspace's frequencies and those of English have equal weight. */
const halfLearned = 600;

const built = (term: string): number => (everywhere.has(term) ? 0.35 : common.has(term) ? 0.7 : rare);

/** The rarity of a term, 0.2 to 1.6, by English word lists and the frequencies of the workspace. */
export function rarityOf({ messageCount, frequencies }: Background, term: string): number {
  const known = built(term);
  if (messageCount === 0) return known;
  const share = messageCount / (messageCount + halfLearned);
  const here = (1.6 * Math.log((1 + messageCount) / (1 + (frequencies.get(term) ?? 0)))) / Math.log(1 + messageCount);
  return (1 - share) * known + share * here * Math.sqrt(known / rare);
}
