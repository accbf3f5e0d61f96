import { describe, expect, test } from '@jest/globals';
import { commandsFor, readQuoted, parseInput, type CommandTarget, type ParsedInput } from '../../../web/src/composer/slash-commands.ts';

const channel: CommandTarget = { streamType: 'channel', status: 'active' };
const thread: CommandTarget = { streamType: 'thread', status: 'active' };
const dm: CommandTarget = { streamType: 'dm', status: 'active' };

const read = (text: string, scene: CommandTarget | undefined = channel): ParsedInput => parseInput(text, scene);
const commandOf = (text: string, scene = channel): unknown => {
  const written = read(text, scene);
  return written.kind === 'command' ? written.command : written;
};
const problemOf = (text: string, scene = channel): string => {
  const written = read(text, scene);
  if (written.kind !== 'problem') throw new Error(`${text} was taken`);
  return written.says;
};

describe('a text without a command is a message', () => {
  test('with its text unchanged', () => {
    for (const text of ['hello', ' hello /poll', 'a/b', '']) expect(read(text)).toEqual({ kind: 'message', text });
  });

  test('and two slashes are one literal slash', () => {
    expect(read('//etc/passwd')).toEqual({ kind: 'message', text: '/etc/passwd' });
    expect(read('//poll "a"')).toEqual({ kind: 'message', text: '/poll "a"' });
  });
});

describe('commands', () => {
  test('promote a thread, with or without a name', () => {
    expect(commandOf('/promote-incident Checkout is down', thread)).toEqual({ name: 'promote-incident', title: 'Checkout is down' });
    expect(commandOf('/promote-channel "Launch"', thread)).toEqual({ name: 'promote-channel', title: 'Launch' });
    expect(commandOf('/Promote-Incident', thread)).toEqual({ name: 'promote-incident', title: undefined });
  });

  test('create a poll: complete, half, and empty', () => {
    expect(commandOf('/poll "Lunch?" "Pizza" “Salad”')).toEqual({
      name: 'poll',
      question: 'Lunch?',
      options: ['Pizza', 'Salad'],
      isComplete: true,
    });
    expect(commandOf('/poll "Lunch?"')).toEqual({ name: 'poll', question: 'Lunch?', options: [], isComplete: false });
    expect(commandOf('/poll Lunch?')).toEqual({ name: 'poll', question: 'Lunch?', options: [], isComplete: false });
    expect(commandOf('/poll')).toEqual({ name: 'poll', question: '', options: [], isComplete: false });
  });

  test('begin an epoch, with or without a name', () => {
    expect(commandOf('/new')).toEqual({ name: 'new', label: undefined });
    expect(commandOf('/new "Opening\n hours"')).toEqual({ name: 'new', label: 'Opening hours' });
    expect(commandOf('/new ساعات العمل 🕰️', dm)).toEqual({ name: 'new', label: 'ساعات العمل 🕰️' });
  });

  test('topic, invite, leave, archive', () => {
    expect(commandOf('/topic  Deploys,\nand lunch ')).toEqual({ name: 'topic', text: 'Deploys,\nand lunch' });
    expect(commandOf('/invite @maya, @j.weber @maya')).toEqual({ name: 'invite', userIds: ['maya', 'j.weber'] });
    expect(commandOf('/invite')).toEqual({ name: 'invite', userIds: [] });
    expect(commandOf('/leave')).toEqual({ name: 'leave' });
    expect(commandOf('/archive ')).toEqual({ name: 'archive' });
  });
});

describe('an error explains the correction', () => {
  test.each([
    ['/pol', 'Did you mean /poll?'],
    ['/incident', 'Did you mean /promote-incident?'],
    ['/dance', '//dance'],
    ['/', '/poll'],
    ['/promote-incident x', 'Reply in thread'],
    ['/topic', '/topic What'],
    ['/invite maya', '@'],
    ['/leave now', '//leave'],
    ['/poll "Lunch?" "Pizza"', 'at least two answers'],
    ['/poll "Lunch?" "Pizza" "Pizza"', 'once'],
    ['/poll "Lunch?" "" "Pizza"', 'must not be empty'],
    ['/poll "Lunch?" "Pizza" Salad', 'quotes around'],
    [`/poll "Q" ${Array.from({ length: 11 }, (_, i) => `"${i}"`).join(' ')}`, 'at most ten'],
    [`/new ${'x'.repeat(81)}`, 'at most 80'],
    [`/topic ${'x'.repeat(501)}`, 'at most 500'],
  ])('%s', (text, hint) => expect(problemOf(text)).toContain(hint));

  test('for the stream it is written in', () => {
    for (const text of ['/topic x', '/invite @a', '/leave', '/archive']) expect(problemOf(text, dm)).toContain('direct message');
    expect(problemOf('/invite @a', thread)).toContain('promote this thread');
    expect(problemOf('/archive', { streamType: 'channel', status: 'archived' })).toContain('archived already');
  });
});

test('only usable commands are suggested', () => {
  const names = (scene: CommandTarget): string[] => commandsFor(scene).map(({ name }) => name);
  expect(names(channel)).toEqual(['poll', 'new', 'invite', 'topic', 'leave', 'archive']);
  expect(names(thread)).toEqual(['poll', 'new', 'topic', 'promote-incident', 'promote-channel', 'leave', 'archive']);
  expect(names(dm)).toEqual(['poll', 'new']);
});

test('quotes may have any form, and must be closed', () => {
  expect(readQuoted(`"a b" 'c' „d“ «e»`)).toEqual(['a b', 'c', 'd', 'e']);
  expect(readQuoted('"it\'s"')).toEqual(["it's"]);
  expect(readQuoted('"a" "b')).toBeUndefined();
  expect(readQuoted('')).toEqual([]);
});
