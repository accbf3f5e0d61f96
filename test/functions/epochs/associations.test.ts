import { describe, expect, test } from '@jest/globals';
import { cosine, decodeAssociations, directionOf, encodeAssociations } from '../../../functions/epochs/segmenter/association-model.ts';
import type { AssociationModel } from '../../../functions/epochs/segmenter/association-model.ts';
import { fitAssociations } from '../../../functions/epochs/segmenter/fit-associations.ts';
import type { Conversation } from '../../../functions/epochs/segmenter/fit-associations.ts';
import { chanceOfMore } from '../../../functions/epochs/segmenter/trust.ts';

/** Numbers from 0 to 1 that are the same each time. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const random = numbers(7);
/** A message of five terms, four of a subject of 30 and one of all. */
const about = (subject: number) =>
  Array.from({ length: 5 }, (_, at) => (at < 4 ? `s${subject}w${Math.floor(random() * 30)}` : `any${Math.floor(random() * 50)}`));
const messagesAbout = (subject: number, count: number) => Array.from({ length: count }, () => about(subject));
/** Streams in which the subject changes every eight messages, among ten; or never. */
const changing: Conversation[] = Array.from({ length: 60 }, (_, at) => ({
  streamId: `c${at}`,
  messages: [...messagesAbout(at % 10, 8), ...messagesAbout((at + 3) % 10, 8), ...messagesAbout((at + 7) % 10, 8)],
}));
const constant: Conversation[] = Array.from({ length: 60 }, (_, at) => ({ streamId: `c${at}`, messages: messagesAbout(at % 10, 24) }));

const likeness = (model: AssociationModel, a: string, b: string) =>
  cosine(directionOf(model, [[a, 1]]) ?? [], directionOf(model, [[b, 1]]) ?? []);
const meanLikeness = (model: AssociationModel, a: number, b: number) => {
  let sum = 0;
  for (let at = 0; at < 15; at++) sum += likeness(model, `s${a}w${at}`, `s${b}w${at + 15}`);
  return sum / 15;
};

describe('fitAssociations', () => {
  const model = fitAssociations(changing);

  test('brings together terms of a subject, also where they never met', () => {
    expect(meanLikeness(model, 2, 2)).toBeGreaterThan(0.5);
    expect(Math.abs(meanLikeness(model, 2, 6))).toBeLessThan(0.3);
  });

  test('is trusted where subjects change, and not where each stream has its own', () => {
    expect(model.trust).toBe(1);
    // Terms are known as well as before, but they tell streams from each other and not what is near in one.
    const other = fitAssociations(constant);
    expect(meanLikeness(other, 2, 2)).toBeGreaterThan(0.4);
    expect(other.trust).toBeLessThan(0.1);
  });

  test('is not trusted for little text, or for none', () => {
    expect(fitAssociations(changing.slice(0, 2)).trust).toBeLessThan(model.trust);
    const nothing = fitAssociations([]);
    expect(nothing).toMatchObject({ trust: 0, background: { messageCount: 0 } });
    expect(directionOf(nothing, [['s1w1', 1]])).toBeUndefined();
    expect(fitAssociations([{ streamId: 'a', messages: [[], [], []] }]).trust).toBe(0);
  });

  test('knows a change of subject at a barrier that is a fact, as what lies before it is no neighbour', () => {
    const pairs = Array.from({ length: 12 }, (_, at) => (at % 2 ? ['kiwi', 'lime'] : ['plum', 'fig']));
    const joined = pairs.map((terms, at) => ({ streamId: `s${at}`, messages: terms.map((term) => [term]) }));
    const apart = joined.flatMap(({ streamId, messages }) => messages.map((message) => ({ streamId, messages: [message] })));
    expect(likeness(fitAssociations(joined), 'kiwi', 'lime')).toBeGreaterThan(0.2);
    expect(likeness(fitAssociations(apart), 'kiwi', 'lime')).toBeLessThan(0.1);
  });

  test('gives the same for the same', () => {
    expect(encodeAssociations(fitAssociations(changing))).toEqual(encodeAssociations(model));
  });

  test('is bounded in terms and in messages', () => {
    const many = {
      streamId: 'a',
      messages: Array.from({ length: 3_000 }, (_, at) => Array.from({ length: 30 }, (_, k) => `t${(at * 7 + k) % 900}`)),
    };
    const small = fitAssociations([many], { maxTerms: 100, maxMessages: 1_000 });
    expect(small.rows.size).toBe(100);
    expect(small.background).toMatchObject({ messageCount: 1_000 });
    expect(small.background.frequencies.size).toBe(100);
    expect(small.vectors).toHaveLength(6_400);
  });
});

describe('encodeAssociations', () => {
  const model = fitAssociations(changing);

  test('comes back as it was', () => {
    const bytes = encodeAssociations(model);
    expect(decodeAssociations(bytes)).toEqual(model);
    // As a database gives it: a view into something larger.
    const held = new Uint8Array(bytes.length + 7);
    held.set(bytes, 3);
    expect(decodeAssociations(held.subarray(3, 3 + bytes.length))).toEqual(model);
    expect(bytes.length).toBeLessThan(100 * model.rows.size + 200);
  });

  test.each([
    ['nothing', new Uint8Array()],
    ['three bytes', new Uint8Array(3)],
    ['a part', encodeAssociations(model).subarray(0, 5_000)],
    ['a header without vectors', encodeAssociations(model).subarray(0, -1)],
  ])('says of %s that it is no model', (_what, bytes) => {
    expect(() => decodeAssociations(bytes)).toThrow();
  });
});

test.each([
  [[2, 3], [0, 1], 1],
  [[0, 1], [2, 3], 0],
  [[1, 1], [1, 1], 0.5],
  [[1, 3], [2], 0.5],
  [[2, 3], [1, 2], 0.875],
])('chanceOfMore of %j and %j is %d', (first, second, chance) => {
  expect(chanceOfMore(first, second)).toBe(chance);
});
