import { cosine, directionOf } from './association-model.ts';
import type { AssociationModel } from './association-model.ts';
import { coldBackground, rarityOf } from './background.ts';
import type { Background } from './background.ts';
import { readCues } from './cues.ts';
import type { Cues } from './cues.ts';
import { likenessOf, rememberVector } from './vector-state.ts';
import type { DenseMemory } from './vector-state.ts';
import { overlapOf, remember, unitTerms } from './term-state.ts';
import type { TermMemory } from './term-state.ts';
import { plain, plainBias, signalNames, trusted, trustedBias } from './weights.ts';
import type { Signals, Weights } from './weights.ts';

/** A message as it is judged. */
export interface SegmenterMessage {
  readonly text: string;
  readonly authorId: string;
  readonly isAssistant?: boolean;
  /** The stream knows who is the assistant: an assistant never changes the subject. */
  readonly hasRoles?: boolean;
  /** Dense vector of the message, where a provider gives one. */
  readonly vector?: Float32Array;
}

/** What is remembered of an open epoch: JSON as it is, at most some kilobytes, however long the epoch. */
export interface SegmenterState {
  /** Messages of the epoch. */
  readonly length: number;
  readonly terms: TermMemory;
  /** Whether the last message asked something, or said thanks or goodbye. */
  readonly asked: boolean;
  readonly closed: boolean;
  /** How alike each of its messages was to those before it, the last ones counting most, 0 to 1. */
  readonly cohesion?: number;
  /** Who spoke, up to three. */
  readonly authors?: readonly string[] | undefined;
  readonly dense?: DenseMemory | undefined;
}

/** What is known of how a workspace speaks. */
export interface Knowledge {
  readonly background: Background;
  readonly associations?: AssociationModel | undefined;
  /** How readily epochs open: 1 is usual, 0 never, 0.5 seldom, 1.5 often. */
  readonly sensitivity?: number | undefined;
}

/** Before the first message of an epoch. */
export const emptyState: SegmenterState = { length: 0, terms: [], asked: false, closed: false };

/** Of a workspace of which nothing is known. */
export const coldKnowledge: Knowledge = { background: coldBackground };

export interface Step {
  readonly opens: boolean;
  /** Of the epoch that the message is in. */
  readonly state: SegmenterState;
  /** How alike the message is to what was spoken of, 0 to 1. */
  readonly similarity: number;
}

/** Log-odds from which an epoch opens: about a third, which finds as many barriers as there are. */
const threshold = -0.65;
/** Where only users change the subject, each of their messages is as much likelier to. */
const userOdds = 0.4;
/** What one step of sensitivity is worth, in log-odds. */
const perSensitivity = 1.5;
/** What follows thanks or goodbye with so few content terms is a reply to it: "enjoy your stay". */
const replyTerms = 2;
const maxRoot = 2.5;
/** A longer epoch is no likelier to end: that long ones end late says nothing of those of another stream. */
const maxAge = Math.log(8);

/**
 * Decides whether a message opens an epoch, by what came before it only. `state` is that of the open epoch. Pure: the same state, message
 * and knowledge give the same step, anywhere. Any text will do; without content words it never opens one.
 */
export function step(state: SegmenterState, message: SegmenterMessage, knowledge: Knowledge): Step {
  const reading = read(state, message, knowledge);
  const opens = opensWith(state, message, reading, knowledge.sensitivity ?? 1);
  const { cues, vector, signals, trust } = reading;
  const dense = message.vector ? rememberVector(state.dense, message.vector, opens) : state.dense;
  return {
    opens,
    state: {
      length: opens ? 1 : state.length + 1,
      terms: remember(opens ? [] : state.terms, vector),
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

/** What the last message counts of how alike messages are. A message without words says nothing of that, and neither does the first. */
const lastCounts = 0.4;

function cohesionWith({ length, cohesion = 0 }: SegmenterState, vector: ReadonlyMap<string, number>, { similarity }: Signals): number {
  if (length === 0 || vector.size === 0) return cohesion;
  return Math.round(((1 - lastCounts) * cohesion + lastCounts * similarity) * 1e3) / 1e3;
}

/** A message that asks nothing, of so many content terms, that shares none with an epoch of so many messages speaks of something else, where those share theirs. */
const breakingTerms = 3;
const brokenLength = 3;
/** Messages that are no more alike than this are held together by something else than their words. */
const loose = 0.15;

/** A change of subject does not change who is there. */
function withAuthor({ authors = [] }: SegmenterState, { authorId }: SegmenterMessage): readonly string[] {
  return authors.includes(authorId) || authors.length >= groupAuthors ? authors : [...authors, authorId];
}

/** A message as it is read in the light of an open epoch. */
export interface Reading {
  readonly cues: Cues;
  readonly vector: ReadonlyMap<string, number>;
  readonly signals: Signals;
  /** How far `direction` is to be trusted, 0 to 1. */
  readonly trust: number;
}

/** What is seen of a message; the decision is a weighing of it. */
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

/** How far message and epoch point the same way: by the vectors of a provider, or else by the associations of the workspace. */
function directionBetween(
  state: SegmenterState,
  vector: ReadonlyMap<string, number>,
  message: SegmenterMessage,
  { associations }: Knowledge,
): { direction: number | undefined; trust: number } {
  const likeness = message.vector && likenessOf(state.dense, message.vector);
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
