import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { createContext, Script } from 'node:vm';
import type { Log } from '../types.ts';

/** Result of a viewer-request function: the request to forward, or an immediate answer. */
export type Viewed =
  | { kind: 'request'; uri: string; query: string; headers: Record<string, string> }
  | { kind: 'response'; status: number; headers: Record<string, string | string[]>; body: Buffer };

interface Value {
  readonly value: string;
  readonly multiValue?: readonly { readonly value: string }[];
}
type Values = Record<string, Value>;

/** Runs a CloudFront Function (runtime 2.0) at viewer-request. Its exceptions pass through. */
export function viewerFunction(code: string, log: Log): (request: IncomingMessage, uri: string, query: string) => Promise<Viewed> {
  const write =
    (level: 'info' | 'error') =>
    (...words: unknown[]) =>
      log(level, words.map(String).join(' '), { function: 'viewer-request' });
  const console = { log: write('info'), error: write('error') };
  const context = createContext({ console, Buffer, TextEncoder, TextDecoder });
  const source = new Script(`${code}\n;typeof handler === 'function' ? handler : undefined`, { filename: 'viewer-request.js' });
  const handler = source.runInContext(context) as ((event: unknown) => unknown) | undefined;
  if (handler === undefined) throw new Error('a CloudFront function has no function called handler');
  return async (request, uri, query) => {
    const event = eventOf(request, uri, query);
    const before = JSON.stringify(event.request.querystring);
    const result = (await handler(event)) as FunctionResult | undefined;
    if (result && typeof result.statusCode === 'number') return readResponse(result);
    if (!result || typeof result.uri !== 'string' || !result.uri.startsWith('/'))
      throw new Error('a CloudFront function returned neither a request nor a response');
    const isSameQuery = JSON.stringify(result.querystring ?? {}) === before;
    return {
      kind: 'request',
      uri: result.uri,
      query: isSameQuery ? query : writeQuery(result.querystring ?? {}),
      headers: Object.fromEntries(Object.entries(result.headers ?? {}).map(([name, { value }]) => [name.toLowerCase(), value])),
    };
  };
}

interface FunctionResult {
  readonly uri?: unknown;
  readonly querystring?: Values;
  readonly headers?: Values;
  readonly cookies?: Record<string, Value & { readonly attributes?: string }>;
  readonly statusCode?: number;
  readonly body?: string | { readonly encoding: 'text' | 'base64'; readonly data: string };
}

function eventOf(request: IncomingMessage, uri: string, query: string) {
  const headers: Values = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (name !== 'cookie') headers[name] = { value: Array.isArray(value) ? value.join(',') : (value ?? '') };
  }
  const cookies: Values = {};
  for (const cookie of (request.headers.cookie ?? '').split(/;\s*/).filter(Boolean)) {
    const [name = '', ...value] = cookie.split('=');
    cookies[name] = { value: value.join('=') };
  }
  return {
    version: '1.0',
    context: {
      distributionDomainName: request.headers.host,
      distributionId: 'LOCAL',
      eventType: 'viewer-request',
      requestId: randomUUID(),
    },
    viewer: { ip: request.socket.remoteAddress },
    request: { method: request.method, uri, querystring: readQuery(query), headers, cookies },
  };
}

/** Parses a query and keeps names and values encoded, as on the wire. */
function readQuery(query: string): Values {
  const values: Record<string, { value: string }[]> = {};
  for (const pair of query.split('&').filter(Boolean)) {
    const [name = '', ...value] = pair.split('=');
    (values[name] ??= []).push({ value: value.join('=') });
  }
  return Object.fromEntries(
    Object.entries(values).map(([name, all]) => [name, { value: all.at(-1)?.value ?? '', ...(all.length > 1 ? { multiValue: all } : {}) }]),
  );
}

const writeQuery = (values: Values): string =>
  Object.entries(values)
    .flatMap(([name, { value, multiValue }]) => (multiValue ?? [{ value }]).map((one) => `${name}=${one.value}`))
    .join('&');

function readResponse({ statusCode = 200, headers = {}, cookies = {}, body = '' }: FunctionResult): Viewed {
  const all: Record<string, string | string[]> = {};
  for (const [name, { value }] of Object.entries(headers)) all[name] = value;
  const set = Object.entries(cookies).map(([name, { value, attributes }]) => `${name}=${value}${attributes ? `; ${attributes}` : ''}`);
  if (set.length > 0) all['set-cookie'] = set;
  const bytes = typeof body === 'string' ? Buffer.from(body) : Buffer.from(body.data, body.encoding === 'base64' ? 'base64' : 'utf8');
  return { kind: 'response', status: statusCode, headers: all, body: bytes };
}
