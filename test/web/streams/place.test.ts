import { describe, expect, test } from '@jest/globals';
import { home, readPlace, writePlace } from '../../../web/src/streams/place.ts';

const streamId = 'str_01kb0000000000000000000000';

describe('reading an address', () => {
  test('a stream', () => expect(readPlace(`?p=s:${streamId}`)).toEqual({ kind: 'stream', streamId }));
  test('a stream whose colon came encoded', () => expect(readPlace(`?p=s%3A${streamId}`)).toEqual({ kind: 'stream', streamId }));
  test.each(['', '?', '?p=', '?q=1'])('home: %s', (search) => expect(readPlace(search)).toEqual(home));
  test.each(['s:', 's:str_1', 'x:1', streamId, 's:../../etc'])('what names nothing is told, not guessed: %s', (p) =>
    expect(readPlace(`?p=${p}`)).toEqual({ kind: 'unknown', text: p }),
  );
});

describe('writing an address', () => {
  const place = readPlace(`?p=s:${streamId}`);
  test('comes back as it was', () => expect(readPlace(writePlace(place, ''))).toEqual(place));
  test('keeps its colon', () => expect(writePlace(place, '')).toBe(`?p=s:${streamId}`));
  test('keeps what else is there', () => expect(writePlace(place, '?debug=1&p=s:old')).toBe(`?debug=1&p=s:${streamId}`));
  test('home has no query', () => expect(writePlace(home, `?p=s:${streamId}`)).toBe(''));
});
