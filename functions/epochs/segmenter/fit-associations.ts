import { minFrequency, quantize } from './association-model.ts';
import type { AssociationModel } from './association-model.ts';
import { truncatedSvd } from './truncated-svd.ts';
import type { SparseMatrix } from './truncated-svd.ts';
import { measureTrust } from './trust.ts';
import type { Piece } from './trust.ts';

/**
 * Messages of a stream between two barriers that are facts (`gap`, `manual`, `idle`). A `drift` barrier is a guess, and no evidence for the
 * next guess, so it does not end a conversation.
 */
export interface Conversation {
  readonly streamId: string;
  /** The content terms of each message, in order, by `readCues`: learning and segmenting ignore the same courtesies. */
  readonly messages: readonly (readonly string[])[];
}

export interface FitOptions {
  /** The most frequent terms get a direction. */
  readonly maxTerms?: number;
  /** The number of messages that a term must occur in. */
  readonly minFrequency?: number;
  readonly dimension?: number;
  /** Messages beyond this number are not read. */
  readonly maxMessages?: number;
}

type Settings = Required<FitOptions>;
const usual: Settings = { maxTerms: 8_000, minFrequency, dimension: 64, maxMessages: 200_000 };

/** Streams are divided into pieces, so that one long stream can be compared with itself. */
const pieceMessages = 40;
/** The first terms of a long message count, because the cost is the square of their number. */
const termsOfMessage = 24;
/** The weight of a meeting in neighbouring messages. */
const neighbourWeight = 0.5;
/** The exponent that lowers the weight of frequent terms, as in word vectors. */
const smoothing = 0.75;
const entriesOfRow = 512;

/**
 * Learns word associations: the positive pointwise mutual information of terms in the same or neighbouring messages, in its strongest 64
 * directions. Deterministic. 100,000 messages take some seconds, and memory in proportion. Little text gives a model with little trust.
 */
export function fitAssociations(conversations: Iterable<Conversation>, options: FitOptions = {}): AssociationModel {
  const settings = { ...usual, ...options };
  const pieces = cutUp(conversations, settings.maxMessages);
  return { ...fitPieces(pieces, settings), trust: measureTrust(pieces, (some) => fitPieces(some, settings)) };
}

function cutUp(conversations: Iterable<Conversation>, maxMessages: number): Piece[] {
  const pieces: { messages: (readonly string[])[]; begins: boolean[] }[] = [];
  let of: string | undefined;
  let left = maxMessages;
  for (const { streamId, messages } of conversations)
    for (const [at, message] of messages.entries()) {
      if (left-- <= 0) return pieces;
      let piece = pieces.at(-1);
      if (!piece || streamId !== of || piece.messages.length >= pieceMessages) pieces.push((piece = { messages: [], begins: [] }));
      piece.begins.push(at === 0 || piece.messages.length === 0);
      piece.messages.push(message);
      of = streamId;
    }
  return pieces;
}

function fitPieces(pieces: readonly Piece[], settings: Settings): AssociationModel {
  const { dimension } = settings;
  const frequencies = new Map<string, number>();
  let messageCount = 0;
  for (const message of pieces.flatMap(({ messages }) => messages)) {
    messageCount++;
    for (const term of new Set(message)) frequencies.set(term, (frequencies.get(term) ?? 0) + 1);
  }
  const frequent = [...frequencies]
    .filter(([, count]) => count >= settings.minFrequency)
    .sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
    .slice(0, settings.maxTerms);
  const rows = new Map(frequent.map(([term], row) => [term, row]));
  const matrix = associate(pieces, rows);
  const vectors = quantize(truncatedSvd(matrix, dimension), dimension);
  return { trust: 0, background: { messageCount, frequencies: new Map(frequent) }, dimension, rows, vectors };
}

/** Positive pointwise mutual information of all pairs of terms that meet. The counts are symmetric: row sums are column sums. */
function associate(pieces: readonly Piece[], rows: ReadonlyMap<string, number>): SparseMatrix {
  const { messages, firsts, meetings } = meetingsOf(pieces, rows);
  const smoothed = meetings.map((count) => count ** smoothing);
  const total = smoothed.reduce((sum, count) => sum + count, 0);
  const places = placesOf(messages, rows.size);
  const counts = new Float32Array(rows.size);
  const starts = new Int32Array(rows.size + 1);
  const columns: number[] = [];
  const values: number[] = [];
  for (let row = 0; row < rows.size; row++) {
    const met = countMet(places[row] ?? [], { messages, firsts, counts });
    let entries: [column: number, value: number, count: number][] = [];
    for (const column of met) {
      const count = counts[column] ?? 0;
      const value = Math.log((count * total) / ((meetings[row] ?? 1) * (smoothed[column] ?? 1)));
      if (value > 0) entries.push([column, value, count]);
      counts[column] = 0;
    }
    if (entries.length > entriesOfRow) entries = entries.sort(([a, , x], [b, , y]) => y - x || a - b).slice(0, entriesOfRow);
    for (const [column, value] of entries) {
      columns.push(column);
      values.push(value);
    }
    starts[row + 1] = columns.length;
  }
  return { size: rows.size, starts, columns: Int32Array.from(columns), values: Float32Array.from(values) };
}

interface Meetings {
  /** Rows of each message's terms, for all pieces in order. */
  readonly messages: readonly (readonly number[])[];
  /** True for the first message of a conversation or piece. */
  readonly firsts: readonly boolean[];
  /** The number of meetings of each term with any term, itself included. */
  readonly meetings: Float64Array;
}

function meetingsOf(pieces: readonly Piece[], rows: ReadonlyMap<string, number>): Meetings {
  const firsts = pieces.flatMap(({ begins }) => begins);
  const messages = pieces.flatMap((piece) =>
    piece.messages.map((terms) => {
      const known = [...new Set(terms)].map((term) => rows.get(term)).filter((row) => row !== undefined);
      return known.slice(0, termsOfMessage);
    }),
  );
  const meetings = new Float64Array(rows.size);
  for (const [at, message] of messages.entries()) {
    const before = firsts[at] === true ? 0 : (messages[at - 1]?.length ?? 0);
    const after = firsts[at + 1] === false ? (messages[at + 1]?.length ?? 0) : 0;
    for (const row of message) meetings[row] = (meetings[row] ?? 0) + message.length + neighbourWeight * (before + after);
  }
  return { messages, firsts, meetings };
}

function placesOf(messages: readonly (readonly number[])[], size: number): number[][] {
  const places: number[][] = Array.from({ length: size }, () => []);
  for (const [at, message] of messages.entries()) for (const row of message) places[row]?.push(at);
  return places;
}

/** Adds the terms of the given messages and their neighbours to `counts`, and returns the columns that are not zero. */
function countMet(
  places: readonly number[],
  { messages, firsts, counts }: Pick<Meetings, 'messages' | 'firsts'> & { counts: Float32Array },
): number[] {
  const met: number[] = [];
  const add = (message: readonly number[] | undefined, weight: number) => {
    for (const column of message ?? []) {
      if (counts[column] === 0) met.push(column);
      counts[column] = (counts[column] ?? 0) + weight;
    }
  };
  for (const at of places) {
    add(messages[at], 1);
    if (firsts[at] === false) add(messages[at - 1], neighbourWeight);
    if (firsts[at + 1] === false) add(messages[at + 1], neighbourWeight);
  }
  return met;
}
