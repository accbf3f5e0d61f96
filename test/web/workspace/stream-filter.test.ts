import { expect, test } from '@jest/globals';
import { filterStreams, nameOfStream } from '../../../web/src/workspace/stream-filter.ts';
import { stream } from './builders.ts';

const streams = [
  stream('deploys', { description: 'Releases and roll-backs' }),
  stream('Général'),
  stream('release-train'),
  stream('team release notes'),
];
const found = (query: string): string[] => filterStreams(streams, query).map((found) => nameOfStream(found));

test('an empty query keeps all, in order', () =>
  expect(found('  ')).toEqual(['deploys', 'Général', 'release-train', 'team release notes']));
test('names that begin with the query come first, then names that contain it, then descriptions', () =>
  expect(found('release')).toEqual(['release-train', 'team release notes', 'deploys']));
test('case and accents do not matter', () => expect(found('GENERAL')).toEqual(['Général']));
test('each word must match, in any order', () => expect(found('notes team')).toEqual(['team release notes']));
test('a leading # is ignored', () => expect(found('#deploys')).toEqual(['deploys']));
test('a query without a match returns nothing', () => expect(found('zzz')).toEqual([]));
