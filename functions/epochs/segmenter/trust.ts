import { cosine, directionOf } from './association-model.ts';
import type { AssociationModel } from './association-model.ts';
import { rarityOf } from './background.ts';

/** Messages at least so far apart are taken to be about something else, where conversations change their subject at all. */
const farMessages = 6;
/** Pieces that are looked at: more of them tell nothing new. */
const maxPieces = 1_000;
/** With more pairs than these one half says enough about the other. */
const manyPairs = 3_000;
/** Chances of telling near from far at which trust begins and is whole. Words in common alone come to .62, whatever the text. */
const worthNothing = 0.62;
const worthAll = 0.75;

/** Messages of a stream that follow each other, at most some dozens. */
export interface Piece {
  /** Each as its content terms. */
  readonly messages: readonly (readonly string[])[];
  /** Whether a message begins a conversation, or the piece: it is no neighbour of the one before. */
  readonly begins: readonly boolean[];
}

/**
 * How far associations are to be trusted, 0 to 1. What is learned from one half of the conversations is asked about the other: are
 * neighbouring messages more alike than messages of the same stream that are far apart? Where subjects change, and are spoken of in words
 * of their own, they are; where a stream is about one thing, everything in it is alike, and associations tell nothing of where a subject
 * ends. Whether messages of *other* streams are less alike says nothing of that. The standard error is taken off: little text is trusted
 * little.
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

/** How likely a number of the first is larger than one of the second (the area under the ROC curve); ties count half. */
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
