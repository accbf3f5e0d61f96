import { cosine, directionOf } from './association-model.ts';
import type { AssociationModel } from './association-model.ts';
import { coldBackground, rarityOf } from './background.ts';
import type { Background } from './background.ts';
import { readCues } from './cues.ts';
import type { Cues } from './cues.ts';
import { nextTermState, overlapOf, unitTerms } from './term-state.ts';
import type { TermState } from './term-state.ts';
import { nextVectorState, vectorLikeness } from './vector-state.ts';
import type { VectorState } from './vector-state.ts';
import { plain, plainBias, signalNames, trusted, trustedBias } from './weights.ts';
import type { Signals, Weights } from './weights.ts';

/** A message as the segmenter reads it. */
export interface SegmenterMessage {
  readonly text: string;
  readonly authorId: string;
  readonly isAssistant?: boolean;
  /** The stream marks the assistant's messages. They never open an epoch. */
  readonly hasRoles?: boolean;
  /** The dense vector of the message, if a provider made one. */
  readonly vector?: Float32Array;
}

/** The state of an open epoch: plain JSON of a few kilobytes, however long the epoch is. */
export interface SegmenterState {
  /** Messages of the epoch. */
  readonly length: number;
  readonly terms: TermState;
  /** The last message asked something; or it said thanks or goodbye. */
  readonly asked: boolean;
  readonly closed: boolean;
  /** Running mean of the similarity of each message to the ones before it, 0 to 1. */
  readonly cohesion?: number;
  /** Authors, up to three. */
  readonly authors?: readonly string[] | undefined;
  readonly dense?: VectorState | undefined;
}

/** Term frequencies and associations of a workspace. */
export interface Knowledge {
  readonly background: Background;
  readonly associations?: AssociationModel | undefined;
  /** Readiness to open epochs: 1 is the default, 0 never, 0.5 seldom, 1.5 often. */
  readonly sensitivity?: number | undefined;
}

/** The state before the first message of an epoch. */
export const emptyState: SegmenterState = { length: 0, terms: [], asked: false, closed: false };

/** The knowledge about a new workspace. */
export const coldKnowledge: Knowledge = { background: coldBackground };

export interface Step {
  readonly opens: boolean;
  /** The state of the message's epoch. */
  readonly state: SegmenterState;
  /** The similarity of the message to the current subject, 0 to 1. */
  readonly similarity: number;
}

/** The log-odds above which an epoch opens, about one third: as many barriers are found as exist. */
const threshold = -0.65;
/** Added log-odds of a user's message in a stream with an assistant, where only users change the subject. */
const userOdds = 0.4;
/** Log-odds per step of sensitivity. */
const perSensitivity = 1.5;
/** Up to this many content terms after thanks or goodbye are a reply to it: "enjoy your stay". */
const replyTerms = 2;
const maxRoot = 2.5;
/** The age at which the effect of age stops: how late long epochs end differs between streams. */
const maxAge = Math.log(8);

/**
 * Decides if a message opens an epoch, by earlier messages only. `state` is the state of the open epoch. Pure and deterministic. A message
 * without content words never opens an epoch.
 */
export function step(state: SegmenterState, message: SegmenterMessage, knowledge: Knowledge): Step {
  const reading = read(state, message, knowledge);
  const opens = opensWith(state, message, reading, knowledge.sensitivity ?? 1);
  const { cues, vector, signals, trust } = reading;
  const dense = message.vector ? nextVectorState(state.dense, message.vector, opens) : state.dense;
  return {
    opens,
    state: {
      length: opens ? 1 : state.length + 1,
      terms: nextTermState(opens ? [] : state.terms, vector),
      asked: cues.asks,
      closed: signals.closes === 1,
      cohesion: opens ? 0 : cohesionWith(state, vector, signals),
      authors: withAuthor(state, message),
      ...(dense && { dense }),
    },
    similarity: Math.max(0, Math.min(1, (1 - trust) * signals.similarity + trust * signals.direction)),
  };
}

const groupAuthors = 3;

/** The weight of the last message in the cohesion. The first message, and messages without words, do not count. */
const lastWeight = 0.4;

function cohesionWith({ length, cohesion = 0 }: SegmenterState, vector: ReadonlyMap<string, number>, { similarity }: Signals): number {
  if (length === 0 || vector.size === 0) return cohesion;
  return Math.round(((1 - lastWeight) * cohesion + lastWeight * similarity) * 1e3) / 1e3;
}

/**
 * `breaks` is for statements of at least this many content terms that share none with an epoch of at least this many messages.
 */
const breakingTerms = 3;
const brokenLength = 3;
/** Below this cohesion the messages of an epoch do not share words, so a lack of shared words means nothing. */
const loose = 0.15;

/** Adds an author. A new epoch keeps the authors, because a change of subject does not change the participants. */
function withAuthor({ authors = [] }: SegmenterState, { authorId }: SegmenterMessage): readonly string[] {
  return authors.includes(authorId) || authors.length >= groupAuthors ? authors : [...authors, authorId];
}

/** Signals of a message, relative to an open epoch. */
export interface Reading {
  readonly cues: Cues;
  readonly vector: ReadonlyMap<string, number>;
  readonly signals: Signals;
  /** The trust in `direction`, 0 to 1. */
  readonly trust: number;
}

/** Reads the signals of a message; the decision is their weighted sum. */
export function read(state: SegmenterState, message: SegmenterMessage, knowledge: Knowledge): Reading {
  const { background } = knowledge;
  const rarity = (term: string) => rarityOf(background, term);
  const cues = readCues(message.text);
  const vector = unitTerms(cues.terms, rarity);
  const { similarity, familiar, novel } = overlapOf(state.terms, vector, rarity);
  const { direction, trust } = directionBetween(state, vector, message, knowledge);
  const isGroup = withAuthor(state, message).length >= groupAuthors;
  const closes = cues.closes || (state.closed && !cues.asks && cues.terms.length <= replyTerms);
  const signals: Signals = {
    similarity,
    familiar: Math.min(maxRoot, Math.sqrt(familiar)),
    novel: Math.min(maxRoot, Math.sqrt(novel)),
    isSlight: Number(cues.terms.length === 1),
    asks: Number(cues.asks),
    asksBriefly: Number(cues.asksBriefly),
    answers: Number(state.asked),
    asksBack: Number(state.asked && cues.asks),
    closes: Number(closes),
    breaks:
      !cues.asks && familiar === 0 && cues.terms.length >= breakingTerms && state.length >= brokenLength
        ? Math.max(0, (state.cohesion ?? 0) - loose)
        : 0,
    followsClosing: Number(state.closed && !closes),
    greets: Number(cues.greets),
    requests: Number(cues.requests),
    announces: Number(cues.announces),
    pointsBack: cues.pointsBack,
    isThird: Number(state.length === 2),
    isGroup: Number(isGroup),
    groupAsks: Number(isGroup && cues.asks),
    groupAnnounces: Number(isGroup && cues.announces),
    age: Math.min(maxAge, Math.log(Math.max(1, state.length))),
    hasDirection: Number(direction !== undefined),
    direction: direction ?? 0,
  };
  return { cues, vector, signals, trust };
}

/** Cosine of message and epoch, by the vectors of a provider or else by the associations of the workspace. */
function directionBetween(
  state: SegmenterState,
  vector: ReadonlyMap<string, number>,
  message: SegmenterMessage,
  { associations }: Knowledge,
): { direction: number | undefined; trust: number } {
  const likeness = message.vector && vectorLikeness(state.dense, message.vector);
  if (likeness) return likeness;
  if (!associations || associations.trust === 0) return { direction: undefined, trust: 0 };
  const ofMessage = directionOf(associations, vector);
  const ofEpoch = ofMessage && directionOf(associations, state.terms);
  return { direction: ofMessage && ofEpoch && cosine(ofMessage, ofEpoch), trust: associations.trust };
}

function opensWith(state: SegmenterState, message: SegmenterMessage, { cues, signals, trust }: Reading, sensitivity: number): boolean {
  if (state.length === 0 || cues.terms.length === 0 || sensitivity <= 0) return false;
  if (message.hasRoles === true && message.isAssistant === true) return false;
  const role = message.hasRoles === true ? userOdds : 0;
  const odds = role + plainBias + weigh(signals, plain) + trust * (trustedBias + weigh(signals, trusted));
  return odds > threshold - perSensitivity * (sensitivity - 1);
}

function weigh(signals: Signals, weights: Weights): number {
  let sum = 0;
  for (const name of signalNames) sum += signals[name] * (weights[name] ?? 0);
  return sum;
}
