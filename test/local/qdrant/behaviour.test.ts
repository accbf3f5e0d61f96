import { describe } from '@jest/globals';
import { behavesAsQdrant } from './behaviour.ts';
import { filtersAsQdrant } from './filters.ts';

/** A real server to run the same tests against, if there is one, beside the local one. */
const realUrl = process.env['QDRANT_URL'] || undefined;
const servers: [string, string | undefined][] = [['the local Qdrant', undefined]];
if (realUrl !== undefined) servers.push(['a real Qdrant', realUrl]);

describe.each(servers)('%s', (_, url) => {
  behavesAsQdrant(url);
  describe('filters', () => filtersAsQdrant(url));
});
