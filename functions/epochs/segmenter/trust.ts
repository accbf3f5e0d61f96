import { cosine, directionOf } from './association-model.ts';
import type { AssociationModel } from './association-model.ts';
import { rarityOf } from './background.ts';

/** Messages at least this far apart are taken as pairs of different subjects. */
const farMessages = 6;
/** Pieces that are compared: more of them do not change the result. */
const maxPieces = 1_000;
/** Above this number of pairs, one direction of the comparison is enough. */
const manyPairs = 3_000;
/** The chances of telling near from far at which trust is 0 and 1. Shared words alone reach .62 on any text. */
const worthNothing = 0.62;
const worthAll = 0.75;

/** Consecutive messages of a stream, a few dozen at most. */
export interface Piece {
  /** The content terms of each message. */
  readonly messages: readonly (readonly string[])[];
  /** True for a message that begins a conversation, or the piece: it is no neighbour of the preceding one. */
  readonly begins: readonly boolean[];
}

/**
 * Measures the trust in associations, 0 to 1. A model of one half of the conversations compares messages of the other half: neighbours
 * should be more alike than distant messages of the same stream. They are where subjects change and have words of their own. In a stream
 * about one subject everything is alike, and associations cannot show where a subject ends. Messages of *other* streams would not test
 * this. The standard error is subtracted, so that little text gives little trust.
 */
export function measureTrust(pieces: readonly Piece[], fit: (pieces: readonly Piece[]) => AssociationModel): number {
  const halves = [pieces.filter((_, at) => at % 2 === 0), pieces.filter((_, at) => at % 2 === 1)] as const;
  const near: number[] = [];
  const far: number[] = [];
  const ask = (learned: readonly Piece[], asked: readonly Piece[]) => {
    const model = fit(learned);
    const every = Math.max(1, Math.ceil(asked.length / maxPieces));
    for (let at = 0; at < asked.length; at += every) compare(model, asked[at], near, far);
  };
  ask(halves[0], halves[1]);
  if (near.length <= manyPairs) ask(halves[1], halves[0]);
  if (near.length === 0 || far.length === 0) return 0;
  const chance = chanceOfMore(near, far);
  const error = Math.sqrt((chance * (1 - chance)) / Math.min(near.length, far.length));
  return Math.min(1, Math.max(0, (chance - error - worthNothing) / (worthAll - worthNothing)));
}

function compare(model: AssociationModel, piece: Piece | undefined, near: number[], far: number[]): void {
  if (!piece) return;
  const directions = piece.messages.map((message) =>
    directionOf(
      model,
      [...new Set(message)].map((term) => [term, rarityOf(model.background, term)] as const),
    ),
  );
  for (const [at, one] of directions.entries()) {
    if (!one) continue;
    const next = directions[at + 1];
    if (next && piece.begins[at + 1] === false) near.push(cosine(one, next));
    for (const other of directions.slice(at + farMessages)) if (other) far.push(cosine(one, other));
  }
}

/** The probability that a number of the first list is larger than one of the second (area under the ROC curve); ties count half. */
export function chanceOfMore(first: readonly number[], second: readonly number[]): number {
  const all = [...first.map((value) => ({ value, isFirst: true })), ...second.map((value) => ({ value, isFirst: false }))];
  all.sort((a, b) => a.value - b.value);
  let ranks = 0;
  for (let from = 0; from < all.length;) {
    let to = from;
    while (to < all.length && all[to]?.value === all[from]?.value) to++;
    const rank = (from + to + 1) / 2;
    for (let at = from; at < to; at++) if (all[at]?.isFirst === true) ranks += rank;
    from = to;
  }
  return (ranks - (first.length * (first.length + 1)) / 2) / (first.length * second.length);
}
