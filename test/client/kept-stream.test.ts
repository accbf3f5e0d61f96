import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { keep, markedRead, withPointer, withRead, withStream } from '../../client/workspace/kept-stream.ts';
import type { KeptStream } from '../../client/workspace/kept-stream.ts';
import type { Pointer } from '../../contract/frames.ts';
import { FakeClock, chance } from './fake-clock.ts';
import { me, workspaceId } from './fake-server.ts';
import { FakeWorkspace } from './fake-workspace.ts';
import type { ServerStream } from './fake-workspace.ts';

function makeHouse(): { house: FakeWorkspace; stream: ServerStream } {
  const house = new FakeWorkspace({ clock: new FakeClock(), workspaceId, userId: me, tell: () => undefined });
  return { house, stream: house.create('general', { by: me }) };
}

function pointerTo(house: FakeWorkspace, stream: ServerStream, withRead: boolean): Pointer {
  const { id: streamId, lastSeq: head, messageCount, countsRev, lastEventAt } = house.view(stream);
  const lastActorId = stream.posts.at(-1)?.actorId ?? null;
  return { streamId, head, messageCount, countsRev, lastEventAt, lastActorId, ...(withRead && { read: house.readOf(stream) }) } as Pointer;
}

const acts = {
  post: (house, stream) => house.post(stream),
  touch: (house, stream) => house.touch(stream),
  mine: (house, stream) => house.post(stream, me),
  mention: (house, stream) => house.post(stream, 'bob', { mentionsMe: true }),
  here: (house, stream) => house.post(stream, 'bob', { here: true }),
  delete: (house, stream) => house.deletePost(stream, Math.floor(stream.posts.length / 2)),
  read: (house, stream) => house.moveRead(stream, stream.head),
  'read half': (house, stream) => house.moveRead(stream, Math.floor(stream.head / 2)),
  unread: (house, stream) => house.moveRead(stream, Math.floor(stream.head / 2), true),
} satisfies Record<string, (house: FakeWorkspace, stream: ServerStream) => unknown>;
type Act = keyof typeof acts;

/** Every pointer that could have been sent, lost, doubled and in any order. */
function disturbed(pointers: readonly Pointer[], seed: number): Pointer[] {
  const random = chance(seed);
  return pointers
    .flatMap((pointer) => Array.from({ length: Math.floor(random() * 3) }, () => pointer))
    .map((pointer) => ({ pointer, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ pointer }) => pointer);
}

const follow = (kept: KeptStream, pointers: readonly Pointer[]): KeptStream =>
  pointers.reduce((before, pointer) => withPointer(before, pointer, me), kept);

describe('pointers in whatever order, lost or doubled, and then one last', () => {
  test('that has the own counts: the stream is as a fresh read shows it', () => {
    const all = fc.array(fc.constantFrom(...(Object.keys(acts) as Act[])), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(fc.nat(), all, (seed, todo) => {
        const { house, stream } = makeHouse();
        const start = keep(house.view(stream));
        const sent = todo.flatMap((act) => {
          acts[act](house, stream);
          return [pointerTo(house, stream, false), pointerTo(house, stream, true)];
        });
        const end = withPointer(follow(start, disturbed(sent, seed)), pointerTo(house, stream, true), me);
        expect(end.stream).toEqual(house.view(stream));
        expect(end.doubtful).toBe(false);
      }),
      { numRuns: 1000 },
    );
  });

  test('that has none: it is right too, and nothing has to be read, as long as others only post', () => {
    const all = fc.array(fc.constantFrom<Act>('post', 'touch'), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(fc.nat(), all, fc.nat(5), (seed, todo, before) => {
        const { house, stream } = makeHouse();
        for (let i = 0; i < before; i++) house.post(stream);
        house.moveRead(stream, Math.floor(before / 2));
        const start = keep(house.view(stream));
        const sent = todo.map((act) => {
          acts[act](house, stream);
          return pointerTo(house, stream, false);
        });
        const end = withPointer(follow(start, disturbed(sent, seed)), pointerTo(house, stream, false), me);
        expect(end.stream).toEqual(house.view(stream));
        expect(end.doubtful).toBe(false);
      }),
      { numRuns: 1000 },
    );
  });

  test('that has none, after anything: it is right, or it is known that it may not be', () => {
    // What moves the own pointer comes with the own counts, or in the own room; here it comes by neither, so it is left out.
    const all = fc.array(fc.constantFrom<Act>('post', 'touch', 'here', 'delete'), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(fc.nat(), all, (seed, todo) => {
        const { house, stream } = makeHouse();
        for (let i = 0; i < 4; i++) house.post(stream);
        house.moveRead(stream, 2);
        const start = keep(house.view(stream));
        const sent = todo.map((act) => {
          acts[act](house, stream);
          return pointerTo(house, stream, false);
        });
        const end = withPointer(follow(start, disturbed(sent, seed)), pointerTo(house, stream, false), me);
        if (!end.doubtful) expect(end.stream).toEqual(house.view(stream));
        expect(withStream(end, house.view(stream)).stream).toEqual(house.view(stream));
        expect(withStream(end, house.view(stream)).doubtful).toBe(false);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('reading along', () => {
  test('needs no reading of the stream: the answer to a marking, then pointers', () => {
    const { house, stream } = makeHouse();
    let kept = keep(house.view(stream));
    for (let i = 0; i < 10; i++) {
      house.post(stream);
      if (i % 2 === 0) kept = withPointer(kept, pointerTo(house, stream, false), me);
      kept = markedRead(kept, stream.head);
      expect([kept.stream.unreadCount, kept.doubtful]).toEqual([0, false]);
      kept = withRead(kept, house.moveRead(stream, stream.head)!);
      if (i % 3 === 0) kept = withPointer(kept, pointerTo(house, stream, false), me);
      expect([kept.stream.unreadCount, kept.doubtful]).toEqual([0, false]);
    }
    kept = withPointer(kept, pointerTo(house, stream, false), me);
    house.post(stream);
    kept = withPointer(kept, pointerTo(house, stream, false), me);
    expect([kept.stream.unreadCount, kept.doubtful]).toEqual([1, false]);
  });

  test('a pointer that was sent before the marking does not bring the badge back', () => {
    const { house, stream } = makeHouse();
    for (let i = 0; i < 3; i++) house.post(stream);
    const late = pointerTo(house, stream, true);
    const kept = markedRead(withPointer(keep(house.view(stream)), late, me), stream.head);
    expect(withPointer(kept, late, me).stream.unreadCount).toBe(0);
  });

  test('a mention counts at once, also before the pointer of its message has come', () => {
    const { house, stream } = makeHouse();
    let kept = keep(house.view(stream));
    const { seq } = house.post(stream, 'bob', { mentionsMe: true });
    kept = withRead(kept, house.readOf(stream), seq);
    expect(kept.stream).toMatchObject({ unreadCount: 1, mentionCount: 1 });
    kept = withPointer(kept, pointerTo(house, stream, false), me);
    expect([kept.stream, kept.doubtful]).toEqual([house.view(stream), false]);
    house.post(stream);
    kept = withPointer(kept, pointerTo(house, stream, false), me);
    expect([kept.stream, kept.doubtful]).toEqual([house.view(stream), false]);
  });

  test('what the reader posts elsewhere is in doubt until the own counts come', () => {
    const { house, stream } = makeHouse();
    house.post(stream);
    let kept = keep(house.view(stream));
    house.post(stream, me);
    kept = withPointer(kept, pointerTo(house, stream, false), me);
    expect(kept.doubtful).toBe(true);
    kept = withPointer(kept, pointerTo(house, stream, true), me);
    expect([kept.stream, kept.doubtful]).toEqual([house.view(stream), false]);
  });
});
