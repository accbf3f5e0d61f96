import { expect, test } from '@jest/globals';
import { commandOf } from '../../../../web/src/conversation/list/row-commands.ts';

test('whoever came by keyboard has shortcuts', () => {
  expect(['ArrowUp', 'ArrowDown', 'End', 'Escape', 'e', 'E', 'Delete'].map((key) => commandOf(key, true))).toEqual([
    'up',
    'down',
    'end',
    'leave',
    'edit',
    'edit',
    'delete',
  ]);
});

test('whoever came by keyboard acts on the row with a letter', () => {
  expect(['+', 'r', 'R', 's', 'p', 'u'].map((key) => commandOf(key, true))).toEqual(['react', 'reply', 'reply', 'share', 'pin', 'unread']);
});

test('whoever clicked on a message and then types means the composer', () => {
  expect(['e', 'E', 'x', 'ö', '🦊'].map((key) => commandOf(key, false))).toEqual(['type', 'type', 'type', 'type', 'type']);
  expect(commandOf('Delete', false)).toBeUndefined();
});

test('keys that scroll or leave do so', () => {
  expect([' ', 'PageUp', 'PageDown', 'Home', 'Tab', 'Shift', 'constructor'].map((key) => commandOf(key, true))).toEqual(
    Array.from({ length: 7 }, () => undefined),
  );
});
