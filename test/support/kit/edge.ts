import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';

/** A CloudFront function of `lib/platform`: its source, and the path that it makes of a request's. */
export interface Edge {
  readonly source: string;
  pathOf(uri: string): string;
}

export function readEdge(file: string): Edge {
  const source = readFileSync(join(import.meta.dirname, '../../../lib/platform', file), 'utf8');
  const pathOf = (uri: string) => runInNewContext(`${source}\nhandler({ request: { uri: ${JSON.stringify(uri)} } }).uri`) as string;
  return { source, pathOf };
}
