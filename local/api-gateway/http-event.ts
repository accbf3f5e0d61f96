import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Account } from '../types.ts';
import { requestTime } from './ids.ts';
import type { RouteMatch } from './http-routes.ts';

export interface HttpEventOptions {
  readonly account: Account;
  readonly apiId: string;
  readonly stage: string;
  readonly requestId: string;
  readonly request: IncomingMessage;
  /** Decoded path, as HTTP APIs pass it. */
  readonly path: string;
  readonly rawQueryString: string;
  readonly match: RouteMatch;
  readonly body: Buffer;
}

/** The event of payload format 2.0. */
export function httpEvent({ account, apiId, stage, requestId, request, path, rawQueryString, match, body }: HttpEventOptions) {
  const headers = readHeaders(request);
  const { cookie, ...others } = headers;
  const query = readQuery(rawQueryString);
  const domainName = headers.host ?? 'localhost';
  const now = Date.now();
  const isText = isTextual(headers['content-type']);
  return {
    version: '2.0',
    routeKey: match.route.routeKey,
    rawPath: path,
    rawQueryString,
    ...(cookie === undefined ? {} : { cookies: cookie.split(/;\s*/) }),
    headers: others,
    ...(Object.keys(query).length === 0 ? {} : { queryStringParameters: query }),
    ...(Object.keys(match.parameters).length === 0 ? {} : { pathParameters: match.parameters }),
    requestContext: {
      accountId: account.accountId,
      apiId,
      domainName,
      domainPrefix: domainName.split('.')[0],
      http: {
        method: request.method,
        path,
        protocol: `HTTP/${request.httpVersion}`,
        sourceIp: sourceIp(request),
        userAgent: headers['user-agent'] ?? '',
      },
      requestId,
      routeKey: match.route.routeKey,
      stage,
      time: requestTime(now),
      timeEpoch: now,
    },
    ...(body.length === 0 ? {} : { body: body.toString(isText ? 'utf8' : 'base64') }),
    isBase64Encoded: body.length > 0 && !isText,
  };
}

/** Address of the peer; an IPv4 address mapped into IPv6 is unwrapped. */
export const sourceIp = (request: IncomingMessage): string => (request.socket.remoteAddress ?? '127.0.0.1').replace(/^::ffff:/, '');

const hopByHop = new Set(['connection', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'transfer-encoding', 'upgrade', 'expect']);

function readHeaders(request: IncomingMessage): Record<string, string> {
  const headers = new Map<string, string>();
  for (let i = 0; i < request.rawHeaders.length; i += 2) {
    const name = (request.rawHeaders[i] as string).toLowerCase();
    if (hopByHop.has(name)) continue;
    const value = request.rawHeaders[i + 1] as string;
    const before = headers.get(name);
    headers.set(name, before === undefined ? value : `${before}${name === 'cookie' ? '; ' : ','}${value}`);
  }
  const forwardedFor = headers.get('x-forwarded-for');
  headers.set('x-forwarded-for', forwardedFor === undefined ? sourceIp(request) : `${forwardedFor}, ${sourceIp(request)}`);
  if (!headers.has('x-forwarded-proto')) headers.set('x-forwarded-proto', 'http');
  headers.set('x-forwarded-port', String(request.socket.localPort ?? 80));
  if (!headers.has('x-amzn-trace-id')) headers.set('x-amzn-trace-id', traceId());
  return Object.fromEntries(headers);
}

const traceId = () => `Root=1-${Math.floor(Date.now() / 1000).toString(16)}-${randomBytes(12).toString('hex')}`;

/** Several values of one name are joined by commas. */
function readQuery(rawQueryString: string): Record<string, string> {
  const query = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(rawQueryString)) {
    const before = query.get(name);
    query.set(name, before === undefined ? value : `${before},${value}`);
  }
  return Object.fromEntries(query);
}

/** True for the types that HTTP APIs pass as text. Everything else, forms included, is base64. */
function isTextual(contentType: string | undefined): boolean {
  if (contentType === undefined) return true;
  const type = contentType.split(';')[0]?.trim().toLowerCase() ?? '';
  return type.startsWith('text/') || /^application\/(json|xml|javascript|[\w.-]+\+(json|xml))$/.test(type);
}
