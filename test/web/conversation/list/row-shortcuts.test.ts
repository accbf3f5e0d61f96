import { expect, test } from '@jest/globals';
import { actionOfKey } from '../../../../web/src/conversation/list/row-shortcuts.ts';

test('shortcuts work after keyboard navigation', () => {
  expect(['ArrowUp', 'ArrowDown', 'End', 'Escape', 'e', 'E', 'Delete'].map((key) => actionOfKey(key, true))).toEqual([
    'up',
    'down',
    'end',
    'leave',
    'edit',
    'edit',
    'delete',
  ]);
});

test('a letter acts on the row after keyboard navigation', () => {
  expect(['+', 'r', 'R', 's', 'p', 'u'].map((key) => actionOfKey(key, true))).toEqual([
    'react',
    'reply',
    'reply',
    'share',
    'pin',
    'unread',
  ]);
});

test('typing after a click on a message goes to the composer', () => {
  expect(['e', 'E', 'x', 'ö', '🦊'].map((key) => actionOfKey(key, false))).toEqual(['type', 'type', 'type', 'type', 'type']);
  expect(actionOfKey('Delete', false)).toBeUndefined();
});

test('keys that scroll or leave the list keep their meaning', () => {
  expect([' ', 'PageUp', 'PageDown', 'Home', 'Tab', 'Shift', 'constructor'].map((key) => actionOfKey(key, true))).toEqual(
    Array.from({ length: 7 }, () => undefined),
  );
});
