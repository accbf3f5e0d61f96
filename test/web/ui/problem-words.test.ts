import { describe, expect, test } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { clientProblem, problemOf } from '../../../client/errors.ts';
import { createStreambed } from '../../../client/http/http.ts';
import { ErrorCode } from '../../../contract/errors.ts';
import { fieldErrors } from '../../../web/src/ui/field-errors.ts';
import { sentenceOf, signedOutReason, unsentSentence } from '../../../web/src/ui/problem-words.ts';

const codes = ErrorCode.options;

/** Text for programmers: what the client, the gateway, the validator and the runtime put into a detail. */
const details = [
  'POST /v1/workspaces/{workspaceId}/streams/{streamId}/events: no answer within 15000 ms',
  'GET /v1/me was answered with status 502',
  'the answer of GET /v1/me is not of the contract: items.0.id: Invalid input: expected string, received undefined',
  '{"message":"Internal Server Error"}',
  'body.text: must not be empty; query.limit: is too large',
  "Cannot read properties of undefined (reading 'length')",
  'TypeError: Failed to fetch',
  'Since 2026-12-01T02:47:36.000Z.',
  'Its clientEventId was used',
  'insufficient_state',
  'status 503 https://example.com/v1',
];
const fields = [
  { path: 'body.memberIds.0', message: 'Invalid option: expected one of "a"|"b"' },
  { path: 'header.if-match', message: 'must match /^"\\d+"$/' },
  { path: 'body', message: 'Unrecognized key: "x_y"' },
];

/** A method, a route, JSON, an identifier, a dotted path, or the words of a validator. */
const forProgrammers =
  /\b(GET|POST|PUT|PATCH|DELETE|HTTP|JSON|undefined|null)\b|\/\w|[{}[\]<>"|\\^]|\w_\w|\w\.\w|\b[a-z]+[A-Z]|Error\b|\d ?ms\b|\b\d{3}\b|expected|received|if-match/;

/** Two sentences or more: what happened, and what to do. */
const isForPeople = (text: string): void => {
  expect(text).not.toMatch(forProgrammers);
  expect(text).toMatch(/^[A-Z]/);
  expect(text.split(/[.!?](?: |$)/).filter((sentence) => sentence !== '').length).toBeGreaterThan(1);
  expect(text).toMatch(/[.!?]$/);
};

describe.each(codes)('%s says to a person what happened and what to do', (code) => {
  test('without a detail, for the page and for a form', () => {
    const { detail: _, ...problem } = clientProblem(code, '');
    isForPeople(sentenceOf(problem));
    isForPeople(fieldErrors(problem, ['name']).form ?? '');
  });

  test('with any detail for programmers, which is not shown', () => {
    for (const detail of details) {
      isForPeople(sentenceOf(clientProblem(code, detail)));
      isForPeople(fieldErrors(clientProblem(code, detail), ['name']).form ?? '');
    }
  });

  test('with faults of fields', () => {
    const problem = clientProblem(code, 'body: bad', { errors: fields });
    isForPeople(sentenceOf(problem));
    isForPeople(fieldErrors(problem, ['name']).form ?? '');
    expect(fieldErrors(problem, ['memberIds']).memberIds).toBe('Is not valid');
  });

  test('in words that no other code would need', () => expect(sentenceOf(clientProblem(code, ''))).not.toContain(code));
});

test('the limit that the server names is shown', () =>
  expect(sentenceOf(clientProblem('limit_reached', 'A stream has at most 50 pins; unpin one first.'))).toBe(
    'There is no room for more. A stream has at most 50 pins; unpin one first. Remove what is no longer needed, then try again.',
  ));

test('a known pause is said', () => {
  expect(sentenceOf(clientProblem('rate_limited', '', { retryAfterSeconds: 30 }))).toContain('Wait 30 seconds, then try again.');
  expect(sentenceOf(clientProblem('rate_limited', '', { retryAfterSeconds: 600 }))).toContain('Wait 10 minutes, then try again.');
});

test('a signed-out person is asked to sign in, without the reason of the server', () => {
  isForPeople(signedOutReason(clientProblem('unauthenticated', 'JWSSignatureVerificationFailed: body.sig')));
  isForPeople(signedOutReason(clientProblem('token_expired', '"exp" claim timestamp check failed')));
});

/** The failures that a browser really meets. */
const answers: readonly (readonly [string, () => Promise<Response>])[] = [
  ['no connection', () => Promise.reject(new TypeError('Failed to fetch'))],
  ['a page of the CDN', async () => new Response('<html>502</html>', { status: 502, headers: { 'content-type': 'text/html' } })],
  ['an answer of the gateway', async () => Response.json({ message: 'Forbidden' }, { status: 403 })],
  ['an answer of another version', async () => Response.json({ nothing: true }, { status: 200 })],
];
test.each(answers)('a message that meets %s says it in words', async (_, answer) => {
  const workspace = createStreambed({ baseUrl: 'http://localhost', token: 't', fetch: answer, timeoutMs: 1_000 }).workspace('ws_1');
  const failure = await workspace.streams.join('str_1').catch((error: unknown) => error);
  isForPeople(sentenceOf(problemOf(failure)));
});

test('no other file of the web app shows the text of a problem or of an error', () => {
  const root = path.resolve(import.meta.dirname, '../../../web/src');
  const own = new Set(['ui/problem-words.ts', 'ui/field-errors.ts']);
  const raw =
    /\b(problem|error|failure|thrown|reason)\??\.(title|detail|message|instance|errors)\b|\berrorKinds\b|JSON\.stringify\((problem|error)/;
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((file) => /\.tsx?$/.test(file) && !own.has(file));
  expect(files.length).toBeGreaterThan(100);
  expect(files.filter((file) => raw.test(readFileSync(path.join(root, file), 'utf8')))).toEqual([]);
  const routes = files.filter((file) =>
    /['"`>][^'"`\n]*\b(GET|POST|PUT|PATCH|DELETE) \/\w/.test(readFileSync(path.join(root, file), 'utf8')),
  );
  expect(routes).toEqual([]);
});

describe('a message that was not sent', () => {
  test.each(codes)('says why in words for a person: %s', (code) => isForPeople(unsentSentence(clientProblem(code, 'POST /v1/x_y'))));

  test('says that access ended, and that the stream is archived', () => {
    expect(unsentSentence(clientProblem('not_found', ''))).toBe('You no longer have access to this stream. Copy the text to keep it.');
    expect(unsentSentence(clientProblem('stream_archived', ''))).toMatch(/^The stream is archived\./);
  });
});
