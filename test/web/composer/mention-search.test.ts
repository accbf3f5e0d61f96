import { describe, expect, test } from '@jest/globals';
import { complete, matchesHere, matchPeople, matchStreams, mostOffered, tokenAt } from '../../../web/src/composer/mention-search.ts';
import { UserId } from '../../../contract/ids.ts';
import { stream } from '../workspace/builders.ts';

/** The bar marks the caret. */
const at = (text: string) => tokenAt(text.replace('|', ''), text.indexOf('|'));

describe('a token is found', () => {
  test('after a sign that begins a word', () => {
    expect(at('hi @ma|')).toEqual({ kind: 'person', start: 3, end: 6, query: 'ma' });
    expect(at('(@|')).toMatchObject({ kind: 'person', query: '' });
    expect(at('see #gen|eral')).toMatchObject({ kind: 'stream', query: 'gen' });
    expect(at('zwei #größ|')).toMatchObject({ kind: 'stream', query: 'größ' });
    expect(at('one\n@ma|')).toMatchObject({ kind: 'person', query: 'ma' });
  });

  test('for commands only at the beginning of the text', () => {
    expect(at('/pro|')).toEqual({ kind: 'command', start: 0, end: 4, query: 'pro' });
    expect(at('/|')).toMatchObject({ kind: 'command', query: '' });
    for (const text of ['a /pro|', '//pro|', '/topic x|', '/usr/bin|']) expect(at(text)).toBeUndefined();
  });

  test('but not in addresses, after a blank, or in code', () => {
    for (const text of ['a@b|', 'x#1|', '@maya |', '`@ma|', '```\n@ma|', 'https://a/#b|']) expect(at(text)).toBeUndefined();
    expect(at('`code` @ma|')).toMatchObject({ kind: 'person' });
    expect(at('```\ncode\n```\n@ma|')).toMatchObject({ kind: 'person' });
  });
});

test('a picked suggestion replaces the token, with one blank after it', () => {
  const put = (text: string, replacement: string): string => {
    const token = at(text);
    if (!token) throw new Error('there is nothing to complete');
    const next = complete(text.replace('|', ''), token, replacement);
    return `${next.text.slice(0, next.caret)}|${next.text.slice(next.caret)}`;
  };
  expect(put('hi @ma|', '@maya')).toBe('hi @maya |');
  expect(put('hi @ma| there', '@maya')).toBe('hi @maya |there');
  expect(put('@| and @bob', '@maya')).toBe('@maya |and @bob');
});

describe('people', () => {
  const person = (id: string, name: string) => ({ id: UserId.parse(id), name });
  const known = [person('zoe', 'Zoë Quinn'), person('tom', 'Tomás Silva')];
  const found = [person('tom', 'Tomás Silva'), person('matt', 'Matt Zimmer'), person('szo', 'Al')];
  const ids = (query: string): string[] => matchPeople(known, found, query).map(({ id }) => id);

  test('match by the beginning of a name or id, then of a word, then anywhere; each once', () => {
    expect(ids('z')).toEqual(['zoe', 'matt', 'szo']);
    expect(ids('zoe')).toEqual(['zoe']);
    expect(ids('tomas')).toEqual(['tom']);
    expect(ids('nobody')).toEqual([]);
  });

  test('known people come first', () => expect(ids('')).toEqual(['zoe', 'tom', 'matt', 'szo']));

  test('are limited in number', () => {
    const many = Array.from({ length: 30 }, (_, i) => person(`p${i}`, `Person ${i}`));
    expect(matchPeople([], many, '')).toHaveLength(mostOffered);
  });
});

test('streams match by slug or name; archived ones and those without a slug are not offered', () => {
  const streams = [
    { ...stream('General talk', { slug: 'general' }), isMember: false },
    stream('Generators', { slug: 'generators' }),
    stream('No slug'),
    { ...stream('Old', { slug: 'gen-old' }), archivedAt: '2026-11-20T12:00:00Z' },
  ];
  expect(matchStreams(streams, 'gen').map(({ slug }) => slug)).toEqual(['generators', 'general']);
  expect(matchStreams(streams, 'talk').map(({ slug }) => slug)).toEqual(['general']);
});

test('@here is offered to members by its beginning, and not to guests', () => {
  for (const role of ['owner', 'admin', 'member'] as const) {
    expect(['', 'h', 'HE', 'here', 'hero'].map((query) => matchesHere(query, role))).toEqual([true, true, true, true, false]);
  }
  expect(['', 'h', 'here'].map((query) => matchesHere(query, 'guest'))).toEqual([false, false, false]);
});
