/** What is seen of a message as it comes into an open epoch. Numbers are 0 or 1 unless said otherwise. */
export interface Signals {
  /** Cosine with what is spoken of now, 0 to 1. */
  readonly similarity: number;
  /** How much rarity the message's terms have that the epoch has had, and has not: roots, 0 to 2.5. */
  readonly familiar: number;
  readonly novel: number;
  /** It has one content term only. */
  readonly isSlight: number;
  readonly asks: number;
  readonly asksBriefly: number;
  /** The message before it asked something. */
  readonly answers: number;
  readonly asksBack: number;
  /** It says thanks or goodbye, or replies to that in a word or two. */
  readonly closes: number;
  /** It shares no term with an epoch whose messages share theirs: how alike those are, 0 to 1. */
  readonly breaks: number;
  /** The message before it closed, and it says something else. */
  readonly followsClosing: number;
  readonly greets: number;
  readonly requests: number;
  readonly announces: number;
  /** Share of words that point back, 0 to 0.4. */
  readonly pointsBack: number;
  /** It would be the third message of the epoch: after a question and its answer. */
  readonly isThird: number;
  /** Three or more have spoken: there a question goes on, and what is new is told. */
  readonly isGroup: number;
  readonly groupAsks: number;
  readonly groupAnnounces: number;
  /** Natural logarithm of the messages that the epoch has, 8 at most. */
  readonly age: number;
  /** Whether there is a dense direction of both the message and the epoch, and its cosine, -1 to 1. */
  readonly hasDirection: number;
  readonly direction: number;
}

export const signalNames = [
  'similarity',
  'familiar',
  'novel',
  'isSlight',
  'asks',
  'asksBriefly',
  'answers',
  'asksBack',
  'closes',
  'breaks',
  'followsClosing',
  'greets',
  'requests',
  'announces',
  'pointsBack',
  'isThird',
  'isGroup',
  'groupAsks',
  'groupAnnounces',
  'age',
  'hasDirection',
  'direction',
] as const satisfies readonly (keyof Signals)[];

export type Weights = Readonly<Partial<Record<keyof Signals, number>>>;

/**
 * What each signal adds to the log-odds of an epoch to open: a logistic regression on public dialogues, on parts of them glued together,
 * and on conversations of a team, so that what is usual in one of them is not taken for a rule of all.
 */
export const plain = {
  similarity: -0.85,
  familiar: -0.45,
  novel: 0.4,
  isSlight: -0.5,
  asks: 1.4,
  asksBriefly: -0.55,
  answers: -1.2,
  asksBack: 0.7,
  closes: -0.9,
  breaks: 5,
  followsClosing: 1.5,
  greets: 1.5,
  requests: 0.95,
  announces: 0.3,
  pointsBack: -1.45,
  isThird: 0.65,
  isGroup: 0.2,
  groupAsks: -1.3,
  groupAnnounces: 1.3,
  age: 0.75,
} as const satisfies Weights;
export const plainBias = -3.1;

/**
 * What is added to them, times the trust in directions: where words alone tell one subject from another, a question is no longer the best
 * sign of a new one, and what was learned decides.
 */
export const trusted = {
  familiar: -0.55,
  asks: -1.2,
  answers: 1.15,
  age: 0.85,
  hasDirection: -0.3,
  direction: -1.55,
} as const satisfies Weights;
export const trustedBias = -0.65;
