export type RowCommand = 'up' | 'down' | 'end' | 'edit' | 'delete' | 'react' | 'reply' | 'share' | 'pin' | 'unread' | 'leave' | 'type';

const commands = new Map<string, RowCommand>([
  ['ArrowUp', 'up'],
  ['ArrowDown', 'down'],
  ['End', 'end'],
  ['Escape', 'leave'],
]);
const keyedCommands = new Map<string, RowCommand>([
  ['e', 'edit'],
  ['E', 'edit'],
  ['Delete', 'delete'],
  ['+', 'react'],
  ['r', 'reply'],
  ['R', 'reply'],
  ['s', 'share'],
  ['S', 'share'],
  ['p', 'pin'],
  ['P', 'pin'],
  ['u', 'unread'],
  ['U', 'unread'],
]);

/**
 * What a key asks for among the messages. Whoever came by keyboard has shortcuts; whoever clicked on a message and then types
 * means the composer.
 */
export function commandOf(key: string, byKeyboard: boolean): RowCommand | undefined {
  const command = commands.get(key) ?? (byKeyboard ? keyedCommands.get(key) : undefined);
  if (command) return command;
  return /^\S$/u.test(key) ? 'type' : undefined;
}
