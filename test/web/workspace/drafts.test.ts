import { expect, test } from '@jest/globals';
import { FakeClock } from '../../client/fake-clock.ts';
import { FakeDrafts, draftStream } from '../../client/drafts/fake-drafts.ts';
import { draftCopies, openDrafts } from '../../../web/src/workspace/drafts.ts';
import { memoryStore } from '../memory-store.ts';

const owner = { workspaceId: 'ws_1', userId: 'ada' };
const event = 'evt_01kb0000000000000000000000';
function begin(store = memoryStore()) {
  const server = new FakeDrafts(new FakeClock());
  const live = server.device(new Map()).drafts;
  return { server, store, live, drafts: openDrafts(live, store, owner) };
}

test('copies survive a reload with their revision, and belong to one member in one workspace', () => {
  const store = memoryStore();
  const copies = draftCopies(store, owner);
  copies.write(draftStream, { text: 'half a thought ', revision: 3, isDirty: true });
  expect(draftCopies(store, owner).read(draftStream)).toEqual({ text: 'half a thought ', revision: 3, isDirty: true });
  copies.write(draftStream, { text: 'saved', revision: 4, isDirty: false });
  expect(draftCopies(store, owner).read(draftStream)).toEqual({ text: 'saved', revision: 4, isDirty: false });
  expect(new Set(copies.streamIds())).toEqual(new Set([draftStream]));
  for (const other of [
    { ...owner, userId: 'bob' },
    { ...owner, workspaceId: 'ws_2' },
  ])
    expect(draftCopies(store, other).streamIds()).toEqual([]);
});

test('a text of an earlier version of the page is not saved yet', () => {
  const store = memoryStore();
  store.set(`streambed:draft:ws_1:ada:${draftStream}`, 'older');
  store.set(`streambed:draft:ws_1:ada:${event}`, 'of a thread to start');
  const copies = draftCopies(store, owner);
  expect(copies.read(draftStream)).toEqual({ text: 'older', revision: 0, isDirty: true });
  expect(copies.streamIds()).toEqual([draftStream]);
});

test('an empty text is no draft, and is remembered with its revision', () => {
  const copies = draftCopies(memoryStore(), owner);
  copies.write(draftStream, { text: ' ', revision: 2, isDirty: false });
  expect(copies.read(draftStream)).toEqual({ text: '', revision: 2, isDirty: false });
});

test('texts of threads to start stay on the device', () => {
  const { drafts, store, live } = begin();
  drafts.write(event, 'a reply');
  expect([drafts.read(event), live.streamIds(), drafts.streamIds()]).toEqual(['a reply', [], []]);
  drafts.sent(event);
  expect([drafts.read(event), store.keys()]).toEqual(['', []]);
});

test('listeners hear only of streams that got or lost a draft, and watchers of every text', () => {
  const { drafts } = begin();
  let told = 0;
  const seen: string[] = [];
  const stop = drafts.subscribe(() => (told += 1));
  drafts.watch(draftStream, (text) => seen.push(text));
  for (const text of ['a', 'ab', 'abc']) drafts.write(draftStream, text);
  expect([told, drafts.version(), seen]).toEqual([1, 1, ['a', 'ab', 'abc']]);
  drafts.sent(draftStream);
  expect([told, seen.at(-1)]).toEqual([2, '']);
  stop();
  drafts.write(draftStream, 'd');
  expect(told).toBe(2);
});

test('a conflict is told, and ends with the choice', async () => {
  const server = new FakeDrafts(new FakeClock());
  const drafts = openDrafts(server.device().drafts, memoryStore(), owner);
  const other = server.device().drafts;
  other.edit(draftStream, 'theirs');
  drafts.write(draftStream, 'mine');
  other.flush();
  await server.clock.advance(3_000);
  expect(drafts.other(draftStream)).toBe('theirs');
  drafts.choose(draftStream, 'other');
  expect([drafts.read(draftStream), drafts.other(draftStream)]).toEqual(['theirs', undefined]);
  drafts.close();
  other.close();
});
