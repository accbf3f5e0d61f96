/** Signals of a message that follows an open epoch. Numbers are 0 or 1 unless said otherwise. */
export interface Signals {
  /** Cosine with the current subject, 0 to 1. */
  readonly similarity: number;
  /** Square roots of the summed rarity of terms that the epoch has, and of new ones: 0 to 2.5. */
  readonly familiar: number;
  readonly novel: number;
  /** The message has a single content term. */
  readonly isSlight: number;
  readonly asks: number;
  readonly asksBriefly: number;
  /** The preceding message asked something. */
  readonly answers: number;
  readonly asksBack: number;
  /** The message says thanks or goodbye, or replies to that in a word or two. */
  readonly closes: number;
  /** The cohesion of the epoch, 0 to 1, when the message shares no term with it. */
  readonly breaks: number;
  /** The preceding message closed, and this one says something else. */
  readonly followsClosing: number;
  readonly greets: number;
  readonly requests: number;
  readonly announces: number;
  /** Share of words that point back, 0 to 0.4. */
  readonly pointsBack: number;
  /** The message would be the third of the epoch: after a question and its answer. */
  readonly isThird: number;
  /** Three or more authors: in groups a question continues the subject, and a statement opens a new one. */
  readonly isGroup: number;
  readonly groupAsks: number;
  readonly groupAnnounces: number;
  /** Natural logarithm of the epoch's message count, counted up to 8. */
  readonly age: number;
  /** Message and epoch both have a direction; and the cosine of the two, -1 to 1. */
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
 * Log-odds per signal that an epoch opens: a logistic regression on public dialogues, on concatenated parts of them, and on conversations of
 * a team. The mix keeps the habits of one source from becoming a rule.
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
 * Log-odds that are added in proportion to the trust in directions: where associations tell subjects apart, a question is no longer the best
 * sign of a new one.
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
