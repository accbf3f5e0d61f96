import type { IncomingMessage } from 'node:http';
import type { CorsDefinition } from '../definitions.ts';
import type { HttpAnswer } from './http-response.ts';

/** Answers a preflight request; undefined for any other. An origin that is not allowed gets an answer without headers, which its browser refuses. */
export function preflight(cors: CorsDefinition | undefined, { method, headers }: IncomingMessage): HttpAnswer | undefined {
  const isPreflight = method === 'OPTIONS' && headers.origin !== undefined && headers['access-control-request-method'] !== undefined;
  if (cors === undefined || !isPreflight) return undefined;
  const allowed = isAllowed(cors, headers.origin) && {
    ...originHeaders(cors, headers.origin),
    'access-control-allow-methods': cors.methods.join(','),
    'access-control-allow-headers': cors.headers.join(','),
    'access-control-max-age': String(cors.maxAgeSeconds),
  };
  return { status: 204, headers: { ...allowed }, body: Buffer.alloc(0) };
}

/** Puts the headers of the gateway in place of a function's own. */
export function withCors(cors: CorsDefinition | undefined, { headers: { origin } }: IncomingMessage, answer: HttpAnswer): HttpAnswer {
  if (cors === undefined) return answer;
  const kept = Object.entries(answer.headers).filter(([name]) => !name.startsWith('access-control-'));
  const exposed = cors.exposed.length > 0 && { 'access-control-expose-headers': cors.exposed.join(',') };
  const added = isAllowed(cors, origin) && { ...originHeaders(cors, origin), ...exposed };
  return { ...answer, headers: { ...Object.fromEntries(kept), ...added } };
}

const isAllowed = (cors: CorsDefinition, origin: string | undefined): origin is string =>
  origin !== undefined && cors.origins.includes(origin);

const originHeaders = ({ credentials }: CorsDefinition, origin: string): Record<string, string> => ({
  'access-control-allow-origin': origin,
  vary: 'Origin',
  ...(credentials && { 'access-control-allow-credentials': 'true' }),
});
