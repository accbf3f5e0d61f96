import { expect, test } from '@jest/globals';
import { leftAtOf } from '../../../web/src/workspace/left-at.ts';

test('the position is read from a history entry', () =>
  expect(leftAtOf({ leftAt: { streamId: 'str_1', seq: 7 } })).toEqual({ streamId: 'str_1', seq: 7 }));

test.each([
  [null],
  [undefined],
  ['x'],
  [{}],
  [{ leftAt: null }],
  [{ leftAt: { streamId: 'str_1' } }],
  [{ leftAt: { streamId: 1, seq: '7' } }],
])('a foreign history entry has no position: %j', (state) => expect(leftAtOf(state)).toBeUndefined());
