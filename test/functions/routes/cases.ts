import { SignJWT } from 'jose';
import { testSigner } from '../../support/app.ts';
import { newId } from '../../../contract/ids.ts';
import { maxBodyBytes } from '../../../functions/platform/http-input.ts';
import type { TestApp } from '../../support/app.ts';
import type { Furnished } from '../../support/furnished.ts';
import type { Request } from '../../support/http.ts';
import { faultsOf } from './body-faults.ts';
import type { Row } from './examples.ts';
import { schemaOf } from './schema.ts';
import type { Schema } from './schema.ts';

/** A request with one fault, and the expected problem. */
export interface Case {
  readonly what: string;
  readonly request: Request;
  readonly code: string;
  /** Field that the problem must name. */
  readonly path?: string;
}

export interface World {
  readonly own: Furnished;
  readonly other: Furnished;
  /** Tokens that must be rejected. */
  readonly bad: Readonly<Record<'expired' | 'forged' | 'otherSecret' | 'removed', string>>;
}

/** Makes the request of a row's example, optionally with another query or body. */
export function requestOf({ route, example }: Row, own: Furnished, more: Partial<Request> = {}): Request {
  const { as = 'ada', params = {}, query, bodies } = example;
  const path = route.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => params[name] ?? '');
  const token = as === 'apiKey' ? own.apiKey : own.tokens[as];
  return {
    method: route.method,
    path,
    token,
    ...(query && { query: withoutEmpty(query) }),
    ...(bodies && more.raw === undefined && { json: bodies[0] }),
    ...more,
  };
}

/** Drops query fields without an example value; other cases try them. */
const withoutEmpty = (query: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(query).filter(([, value]) => value !== ''));

/** Generates all faulty requests to a route. */
export function* casesOf(row: Row, world: World): Generator<Case> {
  yield* callerCases(row, world);
  yield* addressCases(row, world);
  yield* queryCases(row, world);
  yield* headerCases(row, world);
  yield* bodyCases(row, world);
}

function* callerCases(row: Row, { own, bad }: World): Generator<Case> {
  const { auth, wrongToken = 'unauthenticated' } = row.route;
  const as = (what: string, token: string | undefined, code = 'unauthenticated'): Case => {
    const { token: _, ...request } = requestOf(row, own);
    return { what, request: { ...request, ...(token !== undefined && { token }) }, code };
  };
  yield as('no token', undefined);
  yield as('an unsigned token', 'eyJhbGciOiJub25lIn0.e30.', wrongToken);
  yield as('a forged token', bad.forged, wrongToken);
  yield as('an API key with another secret', bad.otherSecret, wrongToken);
  yield as('half an API key', 'sbk_key', wrongToken);
  yield {
    what: 'another scheme',
    request: { ...requestOf(row, own), token: '', headers: { authorization: 'Basic YTpi' } },
    code: 'unauthenticated',
  };
  if (auth !== 'apiKey') yield as('an expired token', bad.expired, 'token_expired');
  if (auth !== 'apiKey') yield as('a removed member', bad.removed, isInRoom(row) || isRoomInBody(row) ? 'forbidden' : 'not_found');
  if (auth !== 'apiKey') yield as('a revoked token', own.tokens.una);
  if (auth === 'user') yield as('an API key instead of a user', own.apiKey, wrongToken);
  if (auth === 'apiKey') yield as('a user instead of an API key', own.tokens.ada);
}

const malformedIds = ['x', 'str_short', 'STR_01KB0000000000000000000000', '%00', '..', 'a b', '9'.repeat(300), "';--", 'null'];
const unknownIds: Readonly<Record<string, string>> = {
  jobId: newId('job'),
  streamId: newId('stream'),
  eventId: newId('event'),
  fileId: newId('file'),
  epochId: newId('epoch'),
  keyId: newId('apiKey'),
  targetId: newId('epoch'),
  subscriptionId: newId('pushSubscription'),
  userId: 'nobody',
  cid: newId('stream'),
};

const isInRoom = ({ route }: Row): boolean => 'cid' in route.params.shape;
const isRoomInBody = ({ example }: Row): boolean => example.bodies?.some((body) => 'cid' in body) ?? false;

function* addressCases(row: Row, { own, other }: World): Generator<Case> {
  const { route, example } = row;
  const at = (what: string, params: Record<string, string>): Case => ({
    what,
    request: requestOf({ ...row, example: { ...example, params: { ...example.params, ...params } } }, own),
    // The kit refuses a room that is not there like one that is closed to the caller.
    code: isInRoom(row) ? 'forbidden' : 'not_found',
  });
  for (const name of Object.keys(route.params.shape)) {
    if (name === 'workspaceId') {
      yield at('another workspace', { workspaceId: other.workspaceId });
      yield at('an unknown workspace', { workspaceId: newId('workspace') });
    } else {
      yield at(`an unknown ${name}`, { [name]: unknownIds[name] ?? '' });
    }
    // Nearly any text is a valid user id.
    const malformed = name === 'userId' ? ['%00', 'a b', 'a:b', 'x'.repeat(65)] : malformedIds;
    for (const id of malformed) yield at(`${id.slice(0, 30)} as ${name}`, { [name]: id });
  }
}

function* queryCases(row: Row, { own }: World): Generator<Case> {
  const schema = schemaOf(row.route.query);
  const given = withoutEmpty(row.example.query ?? {});
  const asked = (what: string, query: Record<string, string>, path: string, code = 'invalid_input'): Case => ({
    what: `query: ${what}`,
    request: requestOf(row, own, { query }),
    code,
    path,
  });
  yield asked('an unknown field', { ...given, colour: 'red' }, 'query.colour');
  for (const [field, property] of Object.entries(schema.properties ?? {})) {
    const { [field]: _, ...others } = given;
    const path = `query.${field}`;
    if (schema.required?.includes(field)) yield asked(`no ${field}`, others, path);
    const code = field === 'cursor' ? 'invalid_cursor' : 'invalid_input';
    for (const wrong of wrongInQuery(field, property))
      yield asked(`${field}=${wrong.slice(0, 30)}`, { ...others, [field]: wrong }, path, code);
  }
}

const base64 = (text: string) => Buffer.from(text).toString('base64url');

function wrongInQuery(field: string, { type, enum: some, pattern, minimum, maximum }: Schema): string[] {
  const unstorable = ['a\0', 'a\ud83d', 'x'.repeat(10_000)];
  if (field === 'cursor') {
    const keys = ['{"name":1}', '{}', 'null', '[1]', '{"name":"\\u0000","id":"\\u0000","key":"\\u0000"}', '{"key":"\\u0000","id":"x"}'];
    return ['nonsense', '%%%', ...keys.map(base64), base64('{"name":"\\u0000","id":"a"}'), base64('{"name":"\\u0000"}'), ...unstorable];
  }
  if (type === 'integer') {
    const bounds = [(minimum ?? 0) - 1, (maximum ?? Number.MAX_SAFE_INTEGER) + 1].map(String);
    return ['', 'many', '1.5', '0x10', '1e2', ' 1', '99999999999999999999', 'NaN', ...bounds, ...unstorable];
  }
  if (some) return ['', 'nonsense', ...unstorable];
  if (pattern !== undefined) return ['', 'x y', "';--", ...unstorable];
  return unstorable;
}

function* headerCases(row: Row, { own }: World): Generator<Case> {
  const wrong = { 'idempotency-key': ['ü', 'a b', 'x'.repeat(129), ''], 'if-match': ['17', 'W/"17"', '"x"', `"${'9'.repeat(20)}"`, ''] };
  for (const header of row.route.headers) {
    for (const value of wrong[header])
      yield {
        what: `${header}: ${value.slice(0, 30)}`,
        request: requestOf(row, own, { headers: { [header]: value } }),
        code: 'invalid_input',
        path: `header.${header}`,
      };
  }
}

const tooLarge = JSON.stringify({ text: 'x'.repeat(300_000) });

function* bodyCases(row: Row, { own }: World): Generator<Case> {
  const { route, example } = row;
  const raw = (what: string, body: string, code: string, more: Partial<Request> & { path?: never } = {}): Case => ({
    what: `body: ${what}`,
    request: requestOf(row, own, { raw: body, ...more }),
    code,
  });
  yield raw('300 KB', tooLarge, 'too_large');
  yield raw('300 KB in base64', Buffer.from(tooLarge).toString('base64'), 'too_large', { base64: true });
  if (!route.body) return;
  yield raw('cut off', '{"text": ', 'malformed_json');
  yield raw('nothing', '', 'malformed_json');
  yield raw('not UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]).toString('base64'), 'malformed_json', { base64: true });
  yield raw('bytes of zero', '\0\0', 'malformed_json');
  for (const type of ['application/x-www-form-urlencoded', 'text/plain', 'multipart/form-data; boundary=x', 'application/xml', ''])
    yield raw(`as ${type}`, 'text=x', 'unsupported_media_type', { headers: { 'content-type': type } });
  for (const body of ['[]', 'null', '7', '"text"', 'true', '['.repeat(100_000) + ']'.repeat(100_000)])
    yield { ...raw(body.slice(0, 20), body, 'invalid_input'), path: 'body' };
  const schema = schemaOf(route.body);
  for (const body of example.bodies ?? []) {
    for (const { what, value, path } of faultsOf(schema, body, 'body')) {
      if (path === 'body') continue;
      const request = requestOf(row, own, { json: value });
      // Too many large items exceed the body limit before the item limit is checked.
      const isTooLarge = JSON.stringify(value).length > maxBodyBytes;
      yield { what: `${path}: ${what}`, request, ...(isTooLarge ? { code: 'too_large' } : { code: 'invalid_input', path }) };
    }
  }
}

/** Creates tokens that are almost valid. */
export async function badTokens(app: TestApp, own: Furnished): Promise<World['bad']> {
  const now = Math.floor(app.time.getTime() / 1000);
  const claims = (exp: number, sub = 'ada', ver = 0) => ({ ws: own.workspaceId, sub, ver, iat: now - 60, exp });
  const forged = new SignJWT(claims(now + 60)).setProtectedHeader({ alg: 'HS256', typ: 'user-token+jwt' });
  return {
    expired: await testSigner('user-token').sign(claims(now - 1)),
    forged: await forged.sign(new Uint8Array(32)),
    // Nothing mints such a token: the version of a removed member's tokens is behind by one.
    removed: await testSigner('user-token').sign(claims(now + 60, 'una', 1)),
    otherSecret: `${own.apiKey.slice(0, -1)}${own.apiKey.endsWith('0') ? '1' : '0'}`,
  };
}
