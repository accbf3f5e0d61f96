import { describe, expect, test } from '@jest/globals';
import { meanOf, scoreOf } from '../../bench/support/memory/segmentation-score.ts';

describe('scoreOf', () => {
  test('is 1 for the cuts of people', () => {
    expect(scoreOf(12, [4, 8], [4, 8])).toEqual({ pk: 0, windowDiff: 0, f1: 1, score: 1 });
  });

  // Gold: 0001 0000. Three segments of 8 messages would be of 2.7; two are of 4, so windows are of 2 marks, and there are 7 of them.
  // Predicted, one later: 0000 1000. Windows from 0 on hold 0,0,1,1,0,0,0 and 0,0,0,1,1,0,0 boundaries: two of seven differ.
  test('counts windows as NLTK does: one that is too late is nearly right', () => {
    const { pk, windowDiff, f1, score } = scoreOf(8, [4], [5]);
    expect(pk).toBeCloseTo(2 / 7);
    expect(windowDiff).toBeCloseTo(2 / 7);
    expect(f1).toBe(0);
    expect(score).toBeCloseTo((1 - 2 / 7) / 2);
  });

  // Gold: 0001 0000; predicted: 0011 0000. Windows hold 0,0,1,1,0,0,0 and 0,1,2,1,0,0,0: one has a boundary where there is none, two
  // another number.
  test('holds a cut too many beside a right one against WindowDiff only where both are in a window', () => {
    const { pk, windowDiff, f1 } = scoreOf(8, [4], [3, 4]);
    expect(pk).toBeCloseTo(1 / 7);
    expect(windowDiff).toBeCloseTo(2 / 7);
    expect(f1).toBeCloseTo(2 / 3);
  });

  // 10 messages of two segments: 10 / 2 / 2 is 2.5, which Python rounds to 2, so there are 9 windows.
  // 14 messages of two segments: 3.5 is rounded to 4, so there are 11.
  test.each([
    [10, 2 / 9],
    [14, 4 / 11],
  ])('rounds the window of %i messages to even', (messages, pk) => {
    expect(scoreOf(messages, [messages / 2], []).pk).toBeCloseTo(pk);
  });

  test('has windows of two at least', () => {
    // 0101 0 against nothing: windows of 2 from 0 to 3 hold 1,1,1,1.
    expect(scoreOf(5, [2, 4], [])).toMatchObject({ pk: 1, windowDiff: 1, f1: 0 });
  });

  test('gives no F1 where nobody cuts', () => {
    expect(scoreOf(6, [], [])).toEqual({ pk: 0, windowDiff: 0, f1: 0, score: 0.5 });
  });

  test('takes a dialogue that is shorter than a window', () => {
    expect(scoreOf(1, [], [])).toEqual({ pk: 0, windowDiff: 0, f1: 0, score: 0.5 });
  });
});

test('meanOf takes every dialogue for as much as any other', () => {
  const right = { pk: 0, windowDiff: 0, f1: 1, score: 1 };
  const wrong = { pk: 1, windowDiff: 1, f1: 0, score: 0 };
  expect(meanOf([right, wrong, wrong, wrong])).toEqual({ pk: 0.75, windowDiff: 0.75, f1: 0.25, score: 0.25 });
});
