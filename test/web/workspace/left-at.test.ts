import { expect, test } from '@jest/globals';
import { leftAtOf } from '../../../web/src/workspace/left-at.ts';

test('an entry of the history that says where one was is read', () =>
  expect(leftAtOf({ leftAt: { streamId: 'str_1', seq: 7 } })).toEqual({ streamId: 'str_1', seq: 7 }));

test.each([
  [null],
  [undefined],
  ['x'],
  [{}],
  [{ leftAt: null }],
  [{ leftAt: { streamId: 'str_1' } }],
  [{ leftAt: { streamId: 1, seq: '7' } }],
])('what somebody else put there says nothing: %j', (state) => expect(leftAtOf(state)).toBeUndefined());
