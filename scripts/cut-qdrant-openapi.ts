import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format } from 'prettier';
import { excerptOf } from './qdrant-openapi/excerpt.ts';

/**
 * Writes the excerpt of Qdrant's OpenAPI document that the tests compare the local Qdrant with. The argument is the path of the whole
 * document.
 */
const [file] = process.argv.slice(2);
if (file === undefined) {
  console.error('Say where the document is: node scripts/cut-qdrant-openapi.ts qdrant-openapi.json');
  process.exit(1);
}
const excerpt = excerptOf(JSON.parse(readFileSync(file, 'utf8')) as Parameters<typeof excerptOf>[0]);
const target = join(import.meta.dirname, '..', 'test', 'local', 'qdrant', 'openapi-subset.json');
writeFileSync(target, await format(JSON.stringify(excerpt), { parser: 'json', printWidth: 140 }));
