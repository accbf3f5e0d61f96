import type { IncomingMessage, ServerResponse } from 'node:http';
import type { CorsRule } from '../definitions.ts';
import { wildcard } from '../wildcard.ts';
import { sendError, S3Error } from './errors.ts';

/** Answers a preflight by the bucket's rules. Browsers send it unsigned. */
export function answerPreflight(rules: readonly CorsRule[], request: IncomingMessage, response: ServerResponse): void {
  const { origin } = request.headers;
  const method = request.headers['access-control-request-method'];
  if (origin === undefined || method === undefined) {
    const message = 'Insufficient information. Origin request header needed.';
    return sendError(request, response, new S3Error(400, 'BadRequest', message));
  }
  const asked = request.headers['access-control-request-headers'] ?? '';
  const headers = asked.split(',').map((name) => name.trim().toLowerCase()).filter((name) => name !== ''); // prettier-ignore
  const rule = ruleFor(rules, origin, method, headers);
  if (rule === undefined) {
    const message = 'CORSResponse: This CORS request is not allowed. The origin, its method or its headers are on no rule of the bucket.';
    return sendError(request, response, new S3Error(403, 'AccessForbidden', message));
  }
  allow(response, rule, origin);
  if (headers.length > 0) response.setHeader('access-control-allow-headers', headers.join(', '));
  response.setHeader('content-length', 0);
  response.writeHead(200).end();
}

/** Adds the headers that let the requesting page read the answer. */
export function allowOrigin(rules: readonly CorsRule[], request: IncomingMessage, response: ServerResponse): void {
  const { origin } = request.headers;
  const rule = origin === undefined ? undefined : ruleFor(rules, origin, request.method ?? '', []);
  if (origin !== undefined && rule !== undefined) allow(response, rule, origin);
}

function ruleFor(rules: readonly CorsRule[], origin: string, method: string, headers: readonly string[]): CorsRule | undefined {
  const oneOf = (patterns: readonly string[], text: string, flags = ''): boolean =>
    patterns.some((pattern) => wildcard(pattern, flags).test(text));
  return rules.find(
    (rule) =>
      oneOf(rule.allowedOrigins, origin) &&
      rule.allowedMethods.includes(method) &&
      headers.every((name) => oneOf(rule.allowedHeaders, name, 'i')),
  );
}

function allow(response: ServerResponse, rule: CorsRule, origin: string): void {
  const everybody = rule.allowedOrigins.includes('*');
  response.setHeader('access-control-allow-origin', everybody ? '*' : origin);
  if (!everybody) response.setHeader('access-control-allow-credentials', 'true');
  response.setHeader('access-control-allow-methods', rule.allowedMethods.join(', '));
  if (rule.exposedHeaders.length > 0) response.setHeader('access-control-expose-headers', rule.exposedHeaders.join(', '));
  if (rule.maxAgeSeconds !== undefined) response.setHeader('access-control-max-age', rule.maxAgeSeconds);
  response.setHeader('vary', 'Origin, Access-Control-Request-Headers, Access-Control-Request-Method');
}
