import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { fetchDemoUsers } from '../../../web/src/app/demo-users.ts';

const realFetch = globalThis.fetch;
let answers: (() => Response)[];
let requests = 0;
beforeEach(() => {
  jest.useFakeTimers();
  requests = 0;
  globalThis.fetch = async () => {
    requests++;
    const answer = answers.shift();
    if (answer === undefined) throw new TypeError('Failed to fetch');
    return answer();
  };
});
afterEach(() => {
  globalThis.fetch = realFetch;
  jest.useRealTimers();
});

const users = [{ id: 'ada', name: 'Ada', token: 'token' }];
const found = () => Response.json({ workspaceId: 'ws_1', users });
const seeding = () => Response.json({ code: 'unavailable' }, { status: 503, headers: { 'retry-after': '1' } });

test('a page that opens during the seeding shows the demo users once they exist', async () => {
  answers = [seeding, seeding, found];
  const fetching = fetchDemoUsers(new AbortController().signal);
  await jest.advanceTimersByTimeAsync(999);
  expect(requests).toBe(1);
  await jest.advanceTimersByTimeAsync(1001);
  expect(await fetching).toEqual(users);
  expect(requests).toBe(3);
});

test('a page that was left stops asking', async () => {
  answers = [seeding, found];
  const stop = new AbortController();
  const fetching = fetchDemoUsers(stop.signal);
  await jest.advanceTimersByTimeAsync(10);
  stop.abort();
  expect(await fetching).toEqual([]);
  await jest.advanceTimersByTimeAsync(60_000);
  expect(requests).toBe(1);
  expect(jest.getTimerCount()).toBe(0);
});

test.each<[string, () => Response]>([
  ['an app without a demo', () => Response.json({ message: 'Not Found' }, { status: 404 })],
  ['the page that a deployed app answers with', () => new Response('<!doctype html>', { headers: { 'content-type': 'text/html' } })],
  ['a service that is away without a word on when it comes back', () => new Response('', { status: 503 })],
  ['a list in another form', () => Response.json({ users: [{}] })],
])('there are no users with %s', async (_, answer) => {
  answers = [answer];
  expect(await fetchDemoUsers(new AbortController().signal)).toEqual([]);
  expect(requests).toBe(1);
});
