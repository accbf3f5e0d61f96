import { expect, test } from '@jest/globals';
import type { LiveEpochs } from '../../../client/epochs/live-epochs.ts';
import type { Problem } from '../../../contract/errors.ts';
import { openEpochs } from '../../../web/src/workspace/open-epochs.ts';

/** Live epochs that record their closing. */
function opener() {
  const closed: string[] = [];
  const problems = new Map<string, Problem>();
  let opened = 0;
  const open = (streamId: string): LiveEpochs => {
    opened++;
    const snapshot = () => ({ epochs: [], hasOlder: false, loading: false, loadingOlder: false, problem: problems.get(streamId) });
    return {
      getSnapshot: snapshot,
      subscribe: () => () => undefined,
      loadOlder: () => Promise.resolve(),
      refresh: () => undefined,
      close: () => void closed.push(streamId),
    };
  };
  return { open, closed, problems, opened: () => opened };
}

test('all components share the epochs of a stream; the least recently used ones are closed', () => {
  const { open, closed, opened } = opener();
  const epochs = openEpochs(open, 2);
  const a = epochs.use('a');
  epochs.use('b');
  expect(epochs.use('a')).toBe(a);
  epochs.use('c');
  expect(closed).toEqual(['b']);
  expect(opened()).toBe(3);
  epochs.close();
  expect(closed).toEqual(['b', 'a', 'c']);
});

test('refused epochs are opened again', () => {
  const { open, closed, problems } = opener();
  const epochs = openEpochs(open);
  const before = epochs.use('a');
  problems.set('a', { retry: 'after' } as Problem);
  expect(epochs.use('a')).toBe(before);
  problems.set('a', { retry: 'never' } as Problem);
  expect(epochs.use('a')).not.toBe(before);
  expect(closed).toEqual(['a']);
});
