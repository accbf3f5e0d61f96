import { describe, expect, test } from '@jest/globals';
import { home, readPlace, writePlace } from '../../../web/src/workspace/place.ts';

const streamId = 'str_01kb0000000000000000000000';

describe('reading an address', () => {
  test('a stream', () => expect(readPlace(`?p=s:${streamId}`)).toEqual({ kind: 'stream', streamId }));
  test('a stream with an encoded colon', () => expect(readPlace(`?p=s%3A${streamId}`)).toEqual({ kind: 'stream', streamId }));
  test.each(['', '?', '?p=', '?q=1'])('home: %s', (search) => expect(readPlace(search)).toEqual(home));
  test.each(['s:', 's:str_1', 'x:1', streamId, 's:../../etc'])('an address without a place is unknown, not guessed: %s', (p) =>
    expect(readPlace(`?p=${p}`)).toEqual({ kind: 'unknown', text: p }),
  );
});

describe('more than a stream', () => {
  const threadId = 'str_01kb0000000000000000000001';
  const eventId = 'evt_01kb0000000000000000000001';
  test.each([
    [`?p=s:${streamId}&t=${threadId}`, { kind: 'stream', streamId, thread: threadId }],
    [`?p=s:${streamId}&t=${eventId}`, { kind: 'stream', streamId, thread: eventId }],
    [`?p=s:${streamId}&t=${threadId}&at=12`, { kind: 'stream', streamId, thread: threadId, at: 12 }],
    [`?p=s:${streamId}&m=related`, { kind: 'stream', streamId, memory: 'related' }],
    [`?p=s:${streamId}&m=timeline&at=12&to=20`, { kind: 'stream', streamId, memory: 'timeline', at: 12, upTo: 20 }],
    ['?p=a', { kind: 'activity' }],
    ['?p=q:beans&in=memory', { kind: 'search', query: 'beans', memory: 'hybrid' }],
    ['?p=q:beans&in=memory&mode=vector', { kind: 'search', query: 'beans', memory: 'vector' }],
    ['?p=q:', { kind: 'search', query: '' }],
    [`?p=q:${encodeURIComponent('a & b in:#general "c=d"')}`, { kind: 'search', query: 'a & b in:#general "c=d"' }],
  ])('%s is read, and written the same', (search, place) => {
    expect(readPlace(search)).toEqual(place);
    expect(writePlace(readPlace(search), '')).toBe(search);
  });
  test.each(['t=nonsense', 'at=-1', 'at=1e9', 'at=0', 't=evt_1&at=x', 'm=all', 'to=3'])(
    'what makes no sense beside a stream is passed over: %s',
    (more) => expect(readPlace(`?p=s:${streamId}&${more}`)).toEqual({ kind: 'stream', streamId }),
  );
  test('a thread excludes memory, and a range never ends before it begins', () => {
    expect(readPlace(`?p=s:${streamId}&t=${threadId}&m=related`)).toEqual({ kind: 'stream', streamId, thread: threadId });
    expect(readPlace(`?p=s:${streamId}&at=9&to=9`)).toEqual({ kind: 'stream', streamId, at: 9 });
  });
  test('another place keeps nothing of the last one', () =>
    expect(writePlace({ kind: 'activity' }, `?p=s:${streamId}&t=${threadId}&m=related&at=3&to=4&in=memory&mode=vector&debug=1`)).toBe(
      '?debug=1&p=a',
    ));
});

describe('writing an address', () => {
  const place = readPlace(`?p=s:${streamId}`);
  test('reads back as the same place', () => expect(readPlace(writePlace(place, ''))).toEqual(place));
  test('keeps its colon', () => expect(writePlace(place, '')).toBe(`?p=s:${streamId}`));
  test('keeps other parameters', () => expect(writePlace(place, '?debug=1&p=s:old')).toBe(`?debug=1&p=s:${streamId}`));
  test('home has no query', () => expect(writePlace(home, `?p=s:${streamId}`)).toBe(''));
});
