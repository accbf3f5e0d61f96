import type { ServerResponse } from 'node:http';

export interface HttpAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: Buffer;
}

/** An error answer of the gateway itself. */
export const message = (status: number, text: string): HttpAnswer => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: Buffer.from(JSON.stringify({ message: text })),
});

const setByTheServer = new Set(['connection', 'content-length', 'keep-alive', 'transfer-encoding', 'set-cookie']);

/** Parses a function's return value in payload format 2.0. Undefined when it is malformed, which is a fault of the function. */
export function readAnswer(payload: unknown): HttpAnswer | undefined {
  if (typeof payload !== 'object' || payload === null || !('statusCode' in payload)) return implied(payload);
  const { statusCode, headers = {}, cookies = [], body, isBase64Encoded } = payload as Record<string, unknown>;
  const status = Number(statusCode);
  if (!Number.isInteger(status) || status < 100 || status > 599) return undefined;
  if (!isRecord(headers) || !Array.isArray(cookies) || !(body === undefined || body === null || typeof body === 'string')) return undefined;
  const kept: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined || value === null) continue;
    if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') return undefined;
    if (!setByTheServer.has(name.toLowerCase())) kept[name.toLowerCase()] = String(value);
  }
  if (cookies.length > 0) kept['set-cookie'] = cookies.map(String);
  const bytes = Buffer.from(body ?? '', isBase64Encoded === true ? 'base64' : 'utf8');
  if (bytes.length > 0) kept['content-type'] ??= 'text/plain;charset=UTF-8';
  return { status, headers: kept, body: bytes };
}

/** Wraps a value without a status code as the body of a 200. */
function implied(payload: unknown): HttpAnswer {
  const text = typeof payload === 'string' ? payload : JSON.stringify(payload ?? null);
  return { status: 200, headers: { 'content-type': 'application/json' }, body: Buffer.from(text) };
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Sends an answer. Throws before sending anything when a header is invalid. */
export function sendAnswer(response: ServerResponse, answer: HttpAnswer, requestId: string, isHead: boolean): void {
  for (const [name, value] of Object.entries(answer.headers)) response.setHeader(name, value);
  response.setHeader('apigw-requestid', requestId);
  response.statusCode = answer.status;
  const hasNoBody = answer.status === 204 || answer.status === 304 || answer.status < 200;
  if (!hasNoBody) response.setHeader('content-length', answer.body.length);
  response.end(hasNoBody || isHead ? undefined : answer.body);
}
