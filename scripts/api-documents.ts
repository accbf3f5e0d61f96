import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format } from 'prettier';
import { asyncApiDocument } from './api-documents/asyncapi.ts';
import { openApiDocument } from './api-documents/openapi.ts';

/** Writes docs/api/*.json from the contract. Run it after every change there; a test fails when the files are stale. */
const directory = join(import.meta.dirname, '..', 'docs', 'api');
mkdirSync(directory, { recursive: true });
for (const [name, document] of [
  ['openapi', openApiDocument()],
  ['asyncapi', asyncApiDocument()],
] as const) {
  writeFileSync(join(directory, `${name}.json`), await format(JSON.stringify(document), { parser: 'json', printWidth: 140 }));
}
