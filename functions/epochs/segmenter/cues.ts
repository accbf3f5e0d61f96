import { termsOf } from '../../embeddings/words.ts';

/** The role of a message in a conversation, and its content terms. */
export interface Cues {
  /** Content terms, each once, in order, at most 64; greetings, thanks and acknowledgements are none. */
  readonly terms: readonly string[];
  /** The message asks something; offers of further help ("anything else?") ask nothing. */
  readonly asks: boolean;
  /** The message asks in a few words, as people do who continue a subject: "which one?". */
  readonly asksBriefly: boolean;
  readonly greets: boolean;
  /** The message says thanks or goodbye and nothing else. */
  readonly closes: boolean;
  /** The message asks for a thing or an action. */
  readonly requests: boolean;
  /** The message announces a new subject: "by the way", "another question", or a heading. */
  readonly announces: boolean;
  /** Share of words that point back ("it", "that", "they"), 0 to 0.4. */
  readonly pointsBack: number;
}

/** The role of a long message is read at its beginning and end. The middle is a paste. */
const headCharacters = 2_000;
const tailCharacters = 200;
/** The content terms of a long message are read at its beginning. */
const contentCharacters = 4_000;
const maxTerms = 64;

const code = /```[\s\S]*?(?:```|$)|`[^`\n]*`/g;
const quotes = /[’`]/g;
const courtesy =
  /\b(hi|hello|hey|thanks?( (so|very) much| a lot)?|thank you( (so|very) much)?|thx|ty|you('re| are) welcome|good ?(bye|morning|afternoon|evening|night)|bye|have a (great|nice|good|wonderful|lovely) (day|one|time|evening|night|weekend|trip)|is there anything else( i can (help|assist|do)[^?.!]{0,80})?|anything else|that('s| is| will be) all|no problem|sure|yes|no|yeah|yep|yup|nope|ok(ay)?|kk|lgtm|sgtm|great|perfect|please|lol|haha+|wow|oh|cool|nice|awesome)\b/gi;
const question =
  /^(?:(?:and|so|but|ok|okay|well|also|yes|no|oh|hi|hello|hey|please|then|now)[ ,]+){0,4}(?:what|whats|where|when|why|who|whom|which|how|do|does|did|can|could|would|will|is|are|am|was|were|have|has|should|may|any)\b/i;
const questionMark = /[?？؟]\W*$/;
const sentence = /[^.?!\n]+[.?!\n]*/g;
const offer = /\b(anything|something) else|else i can|how (can|may) i (help|assist)|can i help\b|help you with/i;
const greeting = /^\W{0,20}(hi|hello|hey|good (morning|afternoon|evening)|greetings|howdy)\b/i;
const closing =
  /\b(thanks?|thx|thank you|good ?bye|bye|you('re| are) (very )?welcome|have a (great|nice|good|wonderful|lovely|safe) \w+|that('s| is| will be) (all|it|everything)|glad (i|to)|happy to (help|assist|be of)|enjoy (your|the) \w+|drive (safe|safely|carefully)|no problem|no worries|take care|any ?time|talk to you later|see you)\b/i;
const request =
  /\b(i (really |also |just )?(need|want|wish|wanted|would like|am looking|am trying|wonder|was wondering)|i('d| would) like|i('m| am) (looking|trying|interested|wondering|planning)|(can|could|would|will) you (please )?(help|tell|find|give|show|check|get|book|send|set|explain|remind)|help me|looking for|please (find|tell|give|show|send|book|explain)|let me know|tell me|find me|give me)\b/i;
const announcement =
  /\b(by the way|btw|(another|one more|different|new|next|last) (question|thing|topic|subject|issue|matter|point)|unrelated|on (another|a different) note|chang(e|ing) (the )?(subject|topic)|speaking of|moving on|any ?ways?|besides that|in other news|off topic|heads[ -]up|fyi|reminder|(small|quick) (thing|question|one)|while (we|i)('re| are|'m| am) at it)\b/i;
/** "Pricing page: design is done". */
const heading = /^\W{0,5}(?:[\p{L}\p{N}'-]+ ){0,3}[\p{L}\p{N}'-]+: +\S/u;
const word = /[\p{L}']+/gu;
const pointers = new Set(
  'it its that this they them those these their he she him her his hers one ones there then such so either both'.split(' '),
);
const briefWords = 5;
/** In scripts without spaces only terms can be counted. */
const briefTerms = 3;
/** A closing with this many content terms has other content. */
const closingTerms = 3;

/** Reads the cues of one message. The time is bounded: only the beginning and the end of a long text are read. */
export function readCues(text: string): Cues {
  const prose = text.slice(0, headCharacters).replace(code, ' ').replace(quotes, "'");
  const terms = termsIn(text);
  const words = prose.toLowerCase().match(word) ?? [];
  const asks = !offer.test(prose) && asksIn(text, prose);
  return {
    terms,
    asks,
    asksBriefly: asks && words.length <= briefWords && terms.length <= briefTerms,
    greets: greeting.test(prose),
    closes: terms.length < closingTerms && closing.test(prose),
    requests: request.test(prose),
    announces: announcement.test(prose) || heading.test(prose),
    pointsBack: pointsBackIn(words),
  };
}

function termsIn(text: string): string[] {
  const terms = new Set<string>();
  for (const term of termsOf(text.slice(0, contentCharacters).replace(quotes, "'").replace(courtesy, ' '))) {
    terms.add(term);
    if (terms.size >= maxTerms) break;
  }
  return [...terms];
}

function asksIn(text: string, prose: string): boolean {
  if (questionMark.test(text.slice(-tailCharacters).trimEnd().slice(-4))) return true;
  if (text.length > headCharacters) return false;
  const last = prose.match(sentence)?.findLast((part) => part.trim() !== '');
  return prose.includes('?') || (last !== undefined && question.test(last.trimStart()));
}

function pointsBackIn(words: readonly string[]): number {
  if (words.length === 0) return 0;
  return Math.min(0.4, words.filter((one) => pointers.has(one)).length / words.length);
}
