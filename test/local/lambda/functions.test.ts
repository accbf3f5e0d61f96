import { afterEach, expect, test } from '@jest/globals';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createFunctions, type LambdaFunctions } from '../../../local/lambda/functions.ts';
import type { FunctionDefinition } from '../../../local/lambda/pool.ts';
import { limit } from '../../support/slowness.ts';
import { until } from '../emulators.ts';

const arn = 'arn:aws:lambda:us-east-1:000000000000:function:streambed-probe';
const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

async function functionOf(source: string, given: Partial<FunctionDefinition> = {}, maxEnvironments = 4) {
  const codePath = await mkdtemp(path.join(tmpdir(), 'streambed-function-'));
  await mkdir(codePath, { recursive: true });
  await writeFile(path.join(codePath, 'index.mjs'), source);
  const lines: string[] = [];
  const functions: LambdaFunctions = createFunctions({
    definitions: [
      {
        arn,
        name: 'streambed-probe',
        constructId: 'Probe',
        codePath,
        handler: 'index.handler',
        timeoutSeconds: 5,
        memoryMegabytes: 256,
        env: { STAGE: 'local' },
        ...given,
      },
    ],
    log: () => {},
    maxEnvironments,
    onLine: (_, line) => lines.push(line),
  });
  cleanups.push(
    () => functions.stop(),
    () => rm(codePath, { recursive: true }),
  );
  return { functions, lines };
}

const payload = async (functions: LambdaFunctions, event: unknown) => {
  const result = await functions.invoke(arn, event);
  if (!result.ok) throw new Error(result.error.errorMessage);
  return result.payload;
};

test('A function sees its event, its own environment variables and a context, and nothing of the runner', async () => {
  const { functions } = await functionOf(`export const handler = (event, context) => ({
    event, stage: process.env.STAGE, path: process.env.PATH ?? null,
    name: context.functionName, arn: context.invokedFunctionArn, id: context.awsRequestId, left: context.getRemainingTimeInMillis(),
  });`);
  const answer = (await payload(functions, { a: [1, null, 'ü'] })) as Record<string, unknown>;
  expect(answer).toMatchObject({ event: { a: [1, null, 'ü'] }, stage: 'local', path: null, name: 'streambed-probe', arn });
  expect(answer['id']).toMatch(/^[0-9a-f-]{36}$/);
  expect(answer['left']).toBeGreaterThan(4000);
});

test('An environment keeps its memory between invocations and serves one at a time', async () => {
  const { functions } = await functionOf(
    `let calls = 0, now = 0, most = 0;
     export const handler = async () => { most = Math.max(most, ++now); await new Promise((r) => setTimeout(r, 5)); now--; return [++calls, most]; };`,
    {},
    1,
  );
  const answers = await Promise.all([1, 2, 3, 4, 5].map(() => payload(functions, {})));
  expect(answers).toEqual([1, 2, 3, 4, 5].map((call) => [call, 1]));
  expect(functions.state('Probe')).toMatchObject({ environments: 1, busy: 0, waiting: 0 });
});

test('Invocations at the same time start more environments, up to the cap', async () => {
  const source = `import { threadId } from 'node:worker_threads';
    export const handler = async () => { await new Promise((r) => setTimeout(r, 100)); return threadId; };`;
  const { functions } = await functionOf(source, {}, 3);
  const threads = await Promise.all(Array.from({ length: 12 }, () => payload(functions, {})));
  expect(new Set(threads).size).toBeGreaterThan(1);
  expect(functions.state('Probe').environments).toBeLessThanOrEqual(3);
  const reserved = await functionOf(source, { reservedConcurrency: 1 }, 3);
  expect(new Set(await Promise.all(Array.from({ length: 4 }, () => payload(reserved.functions, {})))).size).toBe(1);
});

test('What a function throws comes back in the form of Lambda, and the environment lives on', async () => {
  const { functions } = await functionOf(
    `let n = 0; export const handler = (event) => { n++; if (event.bad) throw new TypeError('no such thing'); return n; };`,
  );
  const failed = await functions.invoke(arn, { bad: true });
  expect(failed).toMatchObject({ ok: false, error: { errorType: 'TypeError', errorMessage: 'no such thing' } });
  expect(await payload(functions, {})).toBe(2);
});

test('A function over its time fails at its time-out, and the next invocation has a new environment', async () => {
  const { functions } = await functionOf(
    `let n = 0; export const handler = async (event) => { n++; if (event.hang) for (;;); return n; };`,
    { timeoutSeconds: 0.3 },
    1,
  );
  const from = performance.now();
  const [late, next] = await Promise.all([functions.invoke(arn, { hang: true }), functions.invoke(arn, {})]);
  expect(late).toMatchObject({
    ok: false,
    error: { errorType: 'Sandbox.Timedout', errorMessage: expect.stringContaining('timed out after 0.30 seconds') },
  });
  expect(next).toMatchObject({ ok: true, payload: 1 });
  expect(performance.now() - from).toBeLessThan(limit(3_000));
});

test('A crash fails the invocation under way only', async () => {
  const { functions } = await functionOf(`export const handler = async (event) => {
    if (event.exit) process.exit(7);
    if (event.crash) { setTimeout(() => { throw new Error('out of nowhere'); }, 0); await new Promise(() => {}); }
    return 'fine';
  };`);
  expect(await functions.invoke(arn, { exit: true })).toMatchObject({
    ok: false,
    error: { errorType: 'Runtime.ExitError', errorMessage: expect.stringContaining('exit status 7') },
  });
  expect(await functions.invoke(arn, { crash: true })).toMatchObject({
    ok: false,
    error: { errorType: 'Runtime.UnhandledError', errorMessage: expect.stringContaining('out of nowhere') },
  });
  expect(await payload(functions, {})).toBe('fine');
});

test('A bundle that cannot load fails every invocation and says why', async () => {
  const { functions } = await functionOf(`throw new Error('no database address');`);
  const results = await Promise.all([functions.invoke(arn, {}), functions.invoke(arn, {}), functions.invoke(arn, {})]);
  for (const result of results) expect(result).toMatchObject({ ok: false, error: { errorMessage: 'no database address' } });
});

test('An answer over the limit of Lambda is a failure', async () => {
  const { functions } = await functionOf(`export const handler = (event) => 'x'.repeat(event.length);`);
  expect(await functions.invoke(arn, { length: 6_000_000 })).toMatchObject({ ok: true });
  expect(await functions.invoke(arn, { length: 6_300_000 })).toMatchObject({
    ok: false,
    error: { errorType: 'Function.ResponseSizeTooLarge' },
  });
});

test('Killing a function fails what it does at the moment; waiting invocations go to a new environment', async () => {
  const { functions, lines } = await functionOf(
    `let n = 0; export const handler = async (event) => { n++; if (event.hang) { console.log('hanging'); await new Promise(() => {}); } return n; };`,
    {},
    1,
  );
  const hanging = functions.invoke(arn, { hang: true });
  const waiting = functions.invoke(arn, {});
  await until('the function hangs', () => lines.includes('hanging'), 20_000);
  expect(await functions.kill('Probe')).toBe(1);
  expect(await hanging).toMatchObject({ ok: false, error: { errorType: 'Runtime.ExitError' } });
  expect(await waiting).toMatchObject({ ok: true, payload: 1 });
});

test('What a function writes comes out line by line', async () => {
  const { functions, lines } = await functionOf(
    `export const handler = () => { console.log('one\\ntwo'); console.error(JSON.stringify({ level: 'WARN' })); };`,
  );
  expect(await payload(functions, {})).toBeNull();
  await until('three lines', () => lines.length >= 3, 20_000);
  expect(lines.toSorted()).toEqual(['one', 'two', '{"level":"WARN"}'].toSorted());
});
