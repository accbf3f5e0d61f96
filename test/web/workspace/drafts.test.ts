import { expect, test } from '@jest/globals';
import { openDrafts } from '../../../web/src/workspace/drafts.ts';
import { memoryStore } from '../memory-store.ts';

const owner = { workspaceId: 'ws_1', userId: 'ada' };

test('a draft survives, per stream', () => {
  const store = memoryStore();
  openDrafts(store, owner).write('str_1', 'half a thought ');
  const again = openDrafts(store, owner);
  expect([again.read('str_1'), again.read('str_2')]).toEqual(['half a thought ', '']);
});

test('people who share a device do not share drafts', () => {
  const store = memoryStore();
  openDrafts(store, owner).write('str_1', 'mine');
  expect(openDrafts(store, { ...owner, userId: 'bob' }).read('str_1')).toBe('');
  expect(openDrafts(store, { ...owner, workspaceId: 'ws_2' }).streamIds()).toEqual([]);
});

test('a blank text is no draft', () => {
  const store = memoryStore();
  const drafts = openDrafts(store, owner);
  drafts.write('str_1', 'x');
  drafts.write('str_1', ' \n');
  expect(store.keys()).toEqual([]);
});

test('listeners are called when a draft begins and ends, not at each key', () => {
  const drafts = openDrafts(memoryStore(), owner);
  const heard: string[][] = [];
  const stop = drafts.subscribe(() => heard.push(drafts.streamIds()));
  drafts.write('str_1', 'a');
  drafts.write('str_1', 'ab');
  drafts.write('str_1', '');
  stop();
  drafts.write('str_1', 'c');
  expect(heard).toEqual([['str_1'], []]);
  expect(drafts.version()).toBe(3);
});

test('a watcher gets each text of its stream, and of no other', () => {
  const drafts = openDrafts(memoryStore(), owner);
  const heard: string[] = [];
  const stop = drafts.watch('str_1', (text) => heard.push(text));
  drafts.write('str_1', 'a');
  drafts.write('str_2', 'b');
  drafts.write('str_1', '');
  stop();
  drafts.write('str_1', 'c');
  expect(heard).toEqual(['a', '']);
});
