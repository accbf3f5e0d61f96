import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { ClientEventId } from '../../contract/ids.ts';
import type { Route } from '../../contract/route.ts';
import { AppError, fieldErrors } from './errors.ts';
import { refuseDeep } from './requests/json-depth.ts';
import type { FieldError } from '../../contract/errors.ts';

/** Request headers that a use case sees. */
export interface RequestHeaders {
  idempotencyKey?: string;
  /** Position that the caller expects the last change to have. */
  ifMatch?: number;
}

/** Largest body of a request, in bytes. */
export const maxBodyBytes = 262_144;

/** Parses path, query, body and headers of a request by its route. Throws one error that names every bad field. */
export function readInput(route: Route, event: APIGatewayProxyEventV2): Record<string, unknown> {
  const errors: FieldError[] = [];
  const parse = (root: string, schema: { safeParse: Route['query']['safeParse'] }, value: unknown): Record<string, unknown> => {
    const parsed = schema.safeParse(value);
    if (parsed.success) return parsed.data;
    errors.push(...fieldErrors(root, parsed.error));
    return {};
  };
  const params = route.params.safeParse(event.pathParameters ?? {});
  // A malformed id cannot exist, so the answer is the same as for a missing one.
  if (!params.success) throw new AppError('not_found');
  const query = parse('query', route.query, event.queryStringParameters ?? {});
  const body = route.body ? parse('body', route.body as Route['query'], readBody(event)) : (refuseBody(event), {});
  const headers = readHeaders(route, event, errors);
  if (errors.length > 0) {
    const invalidCursor = errors.every(({ path }) => path === 'query.cursor');
    throw new AppError(
      invalidCursor ? 'invalid_cursor' : 'invalid_input',
      errors.map(({ path, message }) => `${path}: ${message}`).join('; '),
      { errors },
    );
  }
  return { ...query, ...body, ...params.data, ...headers };
}

function readHeaders(route: Route, event: APIGatewayProxyEventV2, errors: FieldError[]): RequestHeaders {
  const given: RequestHeaders = {};
  const key = event.headers['idempotency-key'];
  if (route.headers.includes('idempotency-key') && key !== undefined) {
    // The draft standard writes the key as a quoted string; many clients write it bare.
    const parsed = ClientEventId.safeParse(key.replace(/^"(.*)"$/, '$1'));
    if (parsed.success) given.idempotencyKey = parsed.data;
    else errors.push({ path: 'header.idempotency-key', message: 'must be 1 to 128 visible ASCII characters' });
  }
  const match = event.headers['if-match'];
  if (route.headers.includes('if-match') && match !== undefined && match !== '*') {
    const seq = /^"(\d{1,15})"$/.exec(match)?.[1];
    if (seq === undefined) errors.push({ path: 'header.if-match', message: 'must be an ETag that we gave, such as "17"' });
    else given.ifMatch = Number(seq);
  }
  return given;
}

function refuseBody(event: APIGatewayProxyEventV2): void {
  if ((event.body?.length ?? 0) > maxBodyBytes) throw tooLarge();
}

const tooLarge = () => new AppError('too_large', `The body may be at most ${maxBodyBytes} bytes.`);

function readBody(event: APIGatewayProxyEventV2): unknown {
  const raw = event.body ?? '';
  const bytes = Buffer.from(raw, event.isBase64Encoded ? 'base64' : 'utf8');
  if (bytes.length > maxBodyBytes) throw tooLarge();
  const type = event.headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  if (type !== undefined && type !== 'application/json' && !/^application\/[\w.-]+\+json$/.test(type)) {
    throw new AppError('unsupported_media_type', `The body came as ${type.slice(0, 80)}.`);
  }
  if (bytes.length === 0) throw new AppError('malformed_json', 'The body is empty; a JSON object is needed.');
  const json = parseJson(bytes);
  refuseDeep('body', json);
  return json;
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw new AppError('malformed_json', error instanceof SyntaxError ? error.message.slice(0, 200) : 'The body is not UTF-8.');
  }
}
