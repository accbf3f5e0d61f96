import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { EpochList } from '../../client/epochs/epoch-list.ts';
import type { EpochListing } from '../../client/epochs/epoch-list.ts';
import type { EpochsFrame } from '../../contract/frames.ts';
import { FakeClock } from './fake-clock.ts';
import { FakeEpochs } from './fake-epochs.ts';
import { streamId, streamRoom } from './fake-server.ts';

function makeServer() {
  const told: EpochsFrame[] = [];
  const server = new FakeEpochs({ clock: new FakeClock(), streamId, tell: (frame) => void told.push({ ...frame, room: streamRoom }) });
  return { server, told };
}

const listed = (server: FakeEpochs, limit = 200): EpochListing => {
  const page = server.page(new URL(`http://x.test/?limit=${limit}`));
  return { epochs: page.items, rev: page.epochsRev, cursor: page.nextCursor };
};
const fill = (list: EpochList, server: FakeEpochs, limit?: number): boolean => list.replace(listed(server, limit), list.asking());

describe('the list of epochs', () => {
  test('is due until it was listed once, and follows what it is told from then on', () => {
    const { server, told } = makeServer();
    const list = new EpochList();
    server.open();
    expect(list.isDue).toBe(true);
    fill(list, server);
    server.open();
    server.label(0, 'First');
    server.split(1);
    server.merge(1);
    for (const frame of told) list.take(frame);
    expect(list.isDue).toBe(false);
    expect(list.list()).toEqual(server.list());
  });

  test('is the same array as long as nothing changes', () => {
    const { server, told } = makeServer();
    const list = new EpochList();
    server.open();
    fill(list, server);
    const before = list.list();
    for (const frame of told) list.take(frame);
    expect(list.list()).toBe(before);
  });

  test('is due where a frame is missing, and takes the later ones as soon as it is there', () => {
    const { server, told } = makeServer();
    const list = new EpochList();
    server.open();
    fill(list, server);
    told.length = 0;
    server.open();
    server.open();
    const [first, second] = told as [EpochsFrame, EpochsFrame];
    list.take(second);
    expect(list.isDue).toBe(true);
    list.take(first);
    expect(list.isDue).toBe(false);
    expect(list.list()).toEqual(server.list());
  });

  test('is due where not all was told', () => {
    const { server, told } = makeServer();
    const list = new EpochList();
    fill(list, server);
    server.import(30);
    for (const frame of told) list.take(frame);
    expect(list.isDue).toBe(true);
    fill(list, server);
    expect(list.isDue).toBe(false);
    expect(list.list()).toHaveLength(30);
  });

  test('does not go back to an answer that frames have overtaken', () => {
    const { server, told } = makeServer();
    const list = new EpochList();
    server.open();
    fill(list, server);
    const asked = list.asking();
    const late = listed(server);
    told.length = 0;
    server.open();
    for (const frame of told) list.take(frame);
    expect(list.replace(late, asked)).toBe(false);
    expect(list.list()).toEqual(server.list());
  });

  test('takes what a server says that was set back', () => {
    const { server } = makeServer();
    const list = new EpochList();
    for (let n = 0; n < 5; n++) server.open();
    fill(list, server);
    const restored = makeServer().server;
    restored.open();
    list.doubt();
    expect(fill(list, restored)).toBe(true);
    expect({ isDue: list.isDue, epochs: list.list() }).toEqual({ isDue: false, epochs: restored.list() });
  });

  test('holds what is newest, and what is further back as far as its pages were read', () => {
    const { server, told } = makeServer();
    const list = new EpochList();
    for (let n = 0; n < 6; n++) server.open();
    fill(list, server, 2);
    told.length = 0;
    server.label(0, 'Far back');
    for (const frame of told) list.take(frame);
    expect(list.list()).toEqual(server.list().slice(0, 2));
    const cursor = list.cursor ?? '';
    const older = server.page(new URL(`http://x.test/?limit=50&cursor=${cursor}`));
    expect(list.append({ epochs: older.items, rev: older.epochsRev, cursor: older.nextCursor }, cursor)).toBe(true);
    expect(list.list()).toEqual(server.list());
    expect(list.cursor).toBeNull();
  });

  test('does not put a page of another revision behind it', () => {
    const { server } = makeServer();
    const list = new EpochList();
    for (let n = 0; n < 6; n++) server.open();
    fill(list, server, 2);
    server.merge(3);
    const cursor = list.cursor ?? '';
    const older = server.page(new URL(`http://x.test/?cursor=${cursor}`));
    expect(list.append({ epochs: older.items, rev: older.epochsRev, cursor: older.nextCursor }, cursor)).toBe(false);
  });
});

/** Changes on the server, and the ways of their frames and of a listing that was requested. */
const step = fc.oneof(
  fc.record({ do: fc.constant('open' as const), messages: fc.integer({ min: 1, max: 4 }) }),
  fc.record({ do: fc.constantFrom('label' as const, 'merge' as const, 'split' as const), index: fc.nat(12) }),
  fc.record({ do: fc.constant('import' as const), count: fc.integer({ min: 1, max: 20 }) }),
  fc.record({ do: fc.constant('deliver' as const), index: fc.nat(30), twice: fc.boolean() }),
  fc.record({ do: fc.constant('lose' as const), index: fc.nat(30) }),
  fc.record({ do: fc.constantFrom('ask' as const, 'answer' as const, 'page' as const) }),
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

function play(steps: readonly Step[], limit: number) {
  const { server, told } = makeServer();
  const list = new EpochList();
  let asked: { at: ReturnType<EpochList['asking']>; answer: EpochListing } | undefined;
  let isLost = false;
  for (const one of steps) {
    switch (one.do) {
      case 'open':
        server.open(one.messages);
        break;
      case 'label':
        server.label(one.index, `label ${server.rev}`);
        break;
      case 'merge':
        server.merge(one.index);
        break;
      case 'split':
        server.split(one.index);
        break;
      case 'import':
        server.import(one.count);
        break;
      case 'deliver': {
        const [frame] = told.splice(one.index % Math.max(1, told.length), one.twice ? 0 : 1);
        const again = one.twice ? told[one.index % Math.max(1, told.length)] : frame;
        if (again) list.take(again);
        break;
      }
      case 'lose':
        isLost ||= told.splice(one.index % Math.max(1, told.length), 1).length > 0;
        break;
      case 'ask':
        asked ??= { at: list.asking(), answer: listed(server, Math.max(limit, list.list().length)) };
        break;
      case 'answer':
        if (asked) list.replace(asked.answer, asked.at);
        asked = undefined;
        break;
      case 'page': {
        const { cursor } = list;
        if (cursor === null) break;
        const page = server.page(new URL(`http://x.test/?limit=${limit}&cursor=${cursor}`));
        list.append({ epochs: page.items, rev: page.epochsRev, cursor: page.nextCursor }, cursor);
      }
    }
  }
  return { server, told, list, isLost };
}

/** The epochs that the list should have, as far back as it reaches. */
const same = (list: EpochList, server: FakeEpochs): void => {
  const oldest = list.cursor === null ? 0 : Math.min(...list.list().map(({ firstSeq }) => firstSeq));
  expect(list.list()).toEqual(server.list().filter(({ firstSeq }) => firstSeq >= oldest));
};

describe('however frames are lost, doubled and mixed up', () => {
  const storms = (property: (steps: readonly Step[], limit: number) => void) =>
    fc.assert(fc.property(fc.array(step, { maxLength: 60 }), fc.constantFrom(1, 3, 200), property), { numRuns: 2_000 });

  test('when all have come that were not lost, the list is what the server has, or knows that it is not', () => {
    storms((steps, limit) => {
      const { server, told, list, isLost } = play(steps, limit);
      for (const frame of told) list.take(frame);
      if (!list.isDue && !isLost) same(list, server);
    });
  });

  test('one list that is asked for afterwards makes it right', () => {
    storms((steps, limit) => {
      const { server, list } = play(steps, limit);
      list.doubt();
      expect(fill(list, server, Math.max(limit, list.list().length))).toBe(true);
      expect(list.isDue).toBe(false);
      same(list, server);
    });
  });

  test('a frame after what was lost has it listed', () => {
    storms((steps, limit) => {
      const { server, told, list } = play(steps, limit);
      told.length = 0;
      server.open();
      for (const frame of told) list.take(frame);
      if (list.isDue) fill(list, server, Math.max(limit, list.list().length));
      expect(list.isDue).toBe(false);
      same(list, server);
    });
  });
});
