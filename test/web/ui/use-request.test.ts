import { beforeEach, describe, expect, test } from '@jest/globals';
import { clientProblem, StreambedError } from '../../../client/errors.ts';
import { LatestRequest, viewOf } from '../../../web/src/ui/use-request.ts';

let request: LatestRequest<string>;
beforeEach(() => {
  request = new LatestRequest();
});

/** A load that the test answers by hand. */
function controlled() {
  const answers = Promise.withResolvers<string>();
  let signal: AbortSignal | undefined;
  const load = (given: AbortSignal): Promise<string> => {
    signal = given;
    return answers.promise;
  };
  return { load, answers, isAborted: () => signal?.aborted };
}

const problem = clientProblem('unavailable', 'No connection');
const settled = (): Promise<void> => new Promise((resolve) => void setTimeout(resolve, 0));
const start = (key: string, load: (signal: AbortSignal) => Promise<string>, options = {}): void => request.start(key, load, options);

test('a request goes from idle over loading to done', async () => {
  expect(request.getSnapshot()).toEqual({ key: undefined, state: 'idle', value: undefined, problem: undefined });
  start('a', () => Promise.resolve('A'));
  expect(request.getSnapshot().state).toBe('loading');
  await settled();
  expect(request.getSnapshot()).toEqual({ key: 'a', state: 'done', value: 'A', problem: undefined });
});

describe('two requests race', () => {
  test.each([
    ['the older answer arrives first', ['first', 'second']],
    ['the older answer arrives last', ['second', 'first']],
  ])('and the newer one wins when %s', async (_, order) => {
    const [first, second] = [controlled(), controlled()];
    start('a', first.load);
    start('b', second.load);
    for (const name of order) {
      (name === 'first' ? first : second).answers.resolve(name);
      await settled();
    }
    expect(request.getSnapshot()).toEqual({ key: 'b', state: 'done', value: 'second', problem: undefined });
  });

  test('and a late failure of the older one changes nothing', async () => {
    const first = controlled();
    start('a', first.load);
    start('b', () => Promise.resolve('second'));
    await settled();
    first.answers.reject(new StreambedError(problem));
    await settled();
    expect(request.getSnapshot()).toEqual({ key: 'b', state: 'done', value: 'second', problem: undefined });
  });

  test('and the older one is aborted', () => {
    const [first, second] = [controlled(), controlled()];
    start('a', first.load);
    start('b', second.load);
    expect([first.isAborted(), second.isAborted()]).toEqual([true, false]);
  });
});

test('an unmount aborts the request, and its answer is ignored', async () => {
  const first = controlled();
  start('a', first.load);
  let calls = 0;
  request.subscribe(() => calls++);
  request.stop();
  expect(first.isAborted()).toBe(true);
  first.answers.resolve('late');
  await settled();
  expect(request.getSnapshot().value).toBeUndefined();
  expect(calls).toBe(0);
});

test('a request can start again after a stop, as React does when it mounts twice', async () => {
  start('a', () => Promise.resolve('A'));
  request.stop();
  start('a', () => Promise.resolve('A'));
  await settled();
  expect(request.getSnapshot()).toMatchObject({ state: 'done', value: 'A' });
});

describe('after a failure', () => {
  beforeEach(async () => {
    start('a', () => Promise.resolve('A'));
    await settled();
    start('b', () => Promise.reject(new StreambedError(problem)));
    await settled();
  });

  test('the problem shows beside the last good value', () =>
    expect(request.getSnapshot()).toEqual({ key: 'b', state: 'failed', value: 'A', problem }));

  test('a retry keeps both until its answer arrives', async () => {
    start('b', () => Promise.resolve('B'));
    expect(request.getSnapshot()).toEqual({ key: 'b', state: 'loading', value: 'A', problem });
    await settled();
    expect(request.getSnapshot()).toEqual({ key: 'b', state: 'done', value: 'B', problem: undefined });
  });

  test('another request with reset drops both at once', () => {
    start('c', controlled().load, { reset: true });
    expect(request.getSnapshot()).toEqual({ key: 'c', state: 'loading', value: undefined, problem: undefined });
  });

  test('a retry with reset keeps both', () => {
    start('b', controlled().load, { reset: true });
    expect(request.getSnapshot()).toMatchObject({ state: 'loading', value: 'A', problem });
  });
});

test('a load that throws before its promise fails as one that rejects', async () => {
  start('a', () => {
    throw new StreambedError(problem);
  });
  await settled();
  expect(request.getSnapshot()).toMatchObject({ state: 'failed', problem });
});

test('a quiet request leaves the state as it is until its answer arrives', async () => {
  start('a', () => Promise.resolve('A'));
  await settled();
  start('a', () => Promise.resolve('B'), { quiet: true });
  expect(request.getSnapshot()).toMatchObject({ state: 'done', value: 'A' });
  await settled();
  expect(request.getSnapshot()).toMatchObject({ state: 'done', value: 'B' });
});

test('a change of the value needs a value', async () => {
  request.change((value) => `${value}!`);
  expect(request.getSnapshot().value).toBeUndefined();
  start('a', () => Promise.resolve('A'));
  await settled();
  request.change((value) => `${value}!`);
  expect(request.getSnapshot()).toMatchObject({ state: 'done', value: 'A!' });
});

describe('between a change of the request and its start', () => {
  const done = { key: 'a', state: 'done', value: 'A', problem: undefined } as const;

  test('it is loading, with the last value', () =>
    expect(viewOf(done, 'b', false)).toEqual({ state: 'loading', value: 'A', problem: undefined }));

  test('it is loading without a value, with reset', () =>
    expect(viewOf(done, 'b', true)).toEqual({ state: 'loading', value: undefined, problem: undefined }));

  test('it is idle without a request', () =>
    expect(viewOf(done, undefined, false)).toEqual({ state: 'idle', value: 'A', problem: undefined }));

  test('an unchanged request shows its outcome', () =>
    expect(viewOf(done, 'a', true)).toEqual({ state: 'done', value: 'A', problem: undefined }));
});
