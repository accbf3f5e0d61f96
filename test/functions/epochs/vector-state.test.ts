import { describe, expect, test } from '@jest/globals';
import { vectorLikeness, nextVectorState } from '../../../functions/epochs/segmenter/vector-state.ts';
import type { VectorState } from '../../../functions/epochs/segmenter/vector-state.ts';
import { coldKnowledge, emptyState, step } from '../../../functions/epochs/segmenter/segmenter.ts';

const dimension = 1_024;
/** Waves of different lengths are at right angles. Like vectors of real models, all of them have something in common. */
const vectorOf = (subject: number, about: number) =>
  Float32Array.from({ length: dimension }, (_, k) => {
    const wave = (times: number) => Math.SQRT2 * Math.sin((2 * Math.PI * times * (k + 1)) / dimension);
    return wave(1) + 2 * wave(10 + subject) + wave(100 + about);
  });

/** Twelve messages about one subject, twelve about another, and back. */
const subjects = [1, 2, 1].flatMap((subject) => Array.from({ length: 12 }, () => subject));
const vectors = subjects.map((subject, at) => vectorOf(subject, at));

function remembered(count: number): VectorState | undefined {
  let state: VectorState | undefined;
  for (const vector of vectors.slice(0, count)) state = JSON.parse(JSON.stringify(nextVectorState(state, vector, false))) as VectorState;
  return state;
}

describe('the dense state', () => {
  test('tells what is spoken of from what is not, and is trusted the more it has met', () => {
    const near = vectorLikeness(remembered(12), vectorOf(1, 50));
    const far = vectorLikeness(remembered(12), vectorOf(2, 50));
    expect(near?.direction).toBeGreaterThan((far?.direction ?? 0) + 0.3);
    expect(near?.trust).toBeGreaterThan(vectorLikeness(remembered(3), vectorOf(1, 50))?.trust ?? 1);
    expect(far?.direction).toBeGreaterThanOrEqual(-1);
  });

  test('is some kilobytes at most', () => {
    expect(JSON.stringify(remembered(30)).length).toBeLessThan(1_600);
  });

  test('begins anew with an epoch, and keeps how alike messages are', () => {
    const before = remembered(12);
    const after = nextVectorState(before, vectorOf(2, 0), true);
    expect(after?.count).toBe((before?.count ?? 0) + 1);
    expect(vectorLikeness(after, vectorOf(2, 1))?.direction).toBeGreaterThan(vectorLikeness(after, vectorOf(1, 1))?.direction ?? 1);
  });

  test.each([
    ['not a number', new Float32Array(dimension).fill(Number.NaN)],
    ['infinite', new Float32Array(dimension).fill(Number.POSITIVE_INFINITY)],
    ['empty', new Float32Array()],
  ])('takes no notice of a vector that is %s', (_what, vector) => {
    const state = remembered(12);
    expect(vectorLikeness(state, vector)).toBeUndefined();
    expect(nextVectorState(state, vector, false)).toEqual(state);
  });

  test('begins anew with another model', () => {
    const other = new Float32Array(8).fill(1);
    expect(vectorLikeness(remembered(12), other)).toBeUndefined();
    expect(nextVectorState(remembered(12), other, false)).toMatchObject({ dimension: 8, count: 0 });
  });

  test('takes nothing for like or unlike that has no direction', () => {
    expect(Number.isFinite(vectorLikeness(remembered(12), new Float32Array(dimension))?.direction)).toBe(true);
    const zero = nextVectorState(undefined, new Float32Array(dimension), false);
    expect(Number.isFinite(vectorLikeness(zero, vectorOf(1, 1))?.direction)).toBe(true);
  });
});

test('vectors of a provider show a change of subject that words do not', () => {
  const opensWith = (withVectors: boolean) => {
    let state = emptyState;
    return subjects.flatMap((_, at) => {
      // No word is ever said again, so words tell nothing.
      const text = `item${at} and entry${at}`;
      const taken = step(state, { text, authorId: 'a', ...(withVectors && { vector: vectors[at] ?? new Float32Array() }) }, coldKnowledge);
      state = taken.state;
      return taken.opens ? [at] : [];
    });
  };
  expect(opensWith(false)).toEqual([]);
  expect(opensWith(true)).toEqual([12, 24]);
});
