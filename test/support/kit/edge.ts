import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';

/** A CloudFront function of `lib/platform`: its source, and the path and query that it makes of a request's. */
export interface Edge {
  readonly source: string;
  pathOf(uri: string): string;
  queryOf(uri: string): Readonly<Record<string, string>>;
}
interface EdgeRequest {
  readonly uri: string;
  readonly querystring: Readonly<Record<string, { readonly value: string }>>;
}

export function readEdge(file: string): Edge {
  const source = readFileSync(join(import.meta.dirname, '../../../lib/platform', file), 'utf8');
  const requestOf = (uri: string) =>
    runInNewContext(`${source}\nhandler({ request: { uri: ${JSON.stringify(uri)}, querystring: {} } })`) as EdgeRequest;
  return {
    source,
    pathOf: (uri) => requestOf(uri).uri,
    queryOf: (uri) =>
      Object.fromEntries(Object.entries(requestOf(uri).querystring).map(([name, { value }]) => [name, decodeURIComponent(value)])),
  };
}
