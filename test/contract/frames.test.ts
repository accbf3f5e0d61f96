import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { errorKinds } from '../../contract/errors.ts';
import { closeCodes } from '../../contract/close-codes.ts';
import { ClientFrame, maxRooms, parseRoom, room, ServerFrame } from '../../contract/frames.ts';
import { newId, UserId } from '../../contract/ids.ts';
import { eventSample, streamSample } from '../support/samples.ts';

const workspaceId = newId('workspace');
const streamId = newId('stream');
const general = room.stream(workspaceId, streamId);
const at = '2026-11-20T12:00:00.000Z';

const event = eventSample({
  id: newId('event'),
  streamId,
  seq: 791,
  actorId: 'usr_3',
  clientEventId: 'c-1',
  content: { text: 'Hello', mentions: [{ type: 'user', id: 'usr_4', label: 'Grace' }] },
  createdAt: at,
});
const stream = streamSample({ id: streamId, workspaceId, slug: 'general', isMember: false, role: null, rev: 0, gen: 'k3', createdAt: at });
const problem = {
  type: '/docs#problem-forbidden',
  title: 'Not a member',
  status: 403,
  code: 'forbidden',
  retry: 'never',
  requestId: 'req_1',
};
const item = { seq: 791, type: 'event', eventId: event.id, at, actor: 'usr_3', clientEventId: 'c-1', data: event };

describe('The frames of a client', () => {
  const frames: Record<string, object> = {
    hello: { op: 'hello', id: 1, d: { v: 1, device: '01J8Z', resume: { rooms: [{ room: general, gen: 'k3', seq: 771 }] } } },
    'hello, first': { op: 'hello', id: 0, d: { v: 1 } },
    sub: { op: 'sub', id: 2, d: { rooms: [{ room: general, gen: 'k3', seq: 771, mode: 'full' }] } },
    unsub: { op: 'unsub', id: 3, d: { rooms: [general] } },
    send: { op: 'send', id: 4, d: { stream: streamId, clientEventId: 'c-2', text: 'Hi', mentions: [] } },
    ping: { op: 'ping', id: 5, d: { pos: [{ room: general, gen: 'k3', seq: 790 }] } },
  };

  test.each(Object.keys(frames))('%s is taken as it is', (name) => {
    expect(ClientFrame.parse(frames[name])).toEqual(frames[name]);
  });

  test.each(Object.keys(frames))('%s with a field that nobody knows is refused', (name) => {
    const frame = frames[name] as { d: object };
    expect(ClientFrame.safeParse({ ...frame, extra: 1 }).success).toBe(false);
    expect(ClientFrame.safeParse({ ...frame, d: { ...frame.d, extra: 1 } }).success).toBe(false);
  });

  test('may leave defaults out', () => {
    expect(ClientFrame.parse({ op: 'ping', id: 1, d: {} })).toEqual({ op: 'ping', id: 1, d: { pos: [] } });
    expect(ClientFrame.parse({ op: 'sub', id: 1, d: { rooms: [{ room: general }] } })).toMatchObject({ d: { rooms: [{ mode: 'full' }] } });
  });

  test.each([
    { op: 'dance', id: 1, d: {} },
    { op: 'ping', id: -1, d: {} },
    { op: 'ping', id: 1.5, d: {} },
    { op: 'ping', id: '1', d: {} },
    { op: 'sub', id: 1, d: { rooms: [] } },
    { op: 'sub', id: 1, d: { rooms: [{ room: 'ws:everyone' }] } },
    { op: 'sub', id: 1, d: { rooms: [{ room: general, seq: -1 }] } },
    { op: 'sub', id: 1, d: { rooms: Array.from({ length: maxRooms + 1 }, () => ({ room: general })) } },
    { op: 'send', id: 1, d: { stream: streamId, clientEventId: 'c', text: ' ' } },
    { op: 'send', id: 1, d: { stream: streamId, clientEventId: 'with space', text: 'x' } },
    null,
    [],
    'ping',
  ])('refuses %j', (frame) => {
    expect(ClientFrame.safeParse(frame).success).toBe(false);
  });
});

describe('The frames of the server', () => {
  const frames: Record<string, object> = {
    welcome: {
      op: 'welcome',
      id: 1,
      d: { session: 'ses_1', pingSeconds: 240, maxAgeSeconds: 7200, limits: { rooms: 50, frameBytes: 32768 } },
    },
    'welcome back': {
      op: 'welcome',
      id: 1,
      d: {
        session: 'ses_1',
        pingSeconds: 240,
        maxAgeSeconds: 7200,
        limits: { rooms: 50, frameBytes: 32768 },
        resumed: { rooms: [{ room: general, gen: 'k3', from: 771, head: 790 }], refused: [{ room: 'ws:x', problem }] },
      },
    },
    ok: { op: 'ok', id: 2, d: { rooms: [{ room: general, gen: 'k3', from: 771, head: 790 }] } },
    'ok, nothing to say': { op: 'ok', id: 3, d: {} },
    'ok, sent': { op: 'ok', id: 4, d: { event } },
    pong: { op: 'pong', id: 5, d: { heads: [{ room: general, gen: 'k3', head: 791 }] } },
    err: { op: 'err', id: 4, d: problem },
    'err, unreadable': { op: 'err', id: null, d: { ...problem, errors: [{ path: 'frame.op', message: 'is missing' }] } },
    ev: { op: 'ev', room: general, gen: 'k3', ...item },
    'ev, created': {
      op: 'ev',
      room: room.workspace(workspaceId),
      gen: 'w1',
      seq: 7,
      type: 'stream:created',
      at,
      actor: 'usr_3',
      data: stream,
    },
    evs: { op: 'evs', room: general, gen: 'k3', items: [item, { ...item, seq: 792, type: 'event:edited', clientEventId: undefined }] },
    'evs, replayed': { op: 'evs', room: general, gen: 'k3', items: [], from: 771, upTo: 790 },
    'evs, deleted': {
      op: 'evs',
      room: general,
      gen: 'k3',
      items: [{ ...item, type: 'event:deleted', data: { ...event, content: null, deletedAt: at } }],
    },
    behind: { op: 'behind', rooms: [{ room: general, have: 3, head: 790, pull: '/v1/workspaces/..' }] },
    resync: { op: 'resync', rooms: [{ room: general, reason: 'unknown_gen', gen: 'k4', head: 12 }] },
    bye: { op: 'bye', code: closeCodes.max_age, reason: 'max_age', reconnect: true, afterMs: 0 },
  };

  test.each(Object.keys(frames))('%s is read without losing anything', (name) => {
    const wire = JSON.parse(JSON.stringify(frames[name])) as object;
    expect(ServerFrame.parse(wire)).toEqual(wire);
  });

  test('are each one of a kind: no frame is read as another', () => {
    for (const frame of Object.values(frames)) {
      const readers = ServerFrame.options.filter((option) => option.safeParse(JSON.parse(JSON.stringify(frame))).success);
      expect({ frame, readers: readers.length }).toEqual({ frame, readers: 1 });
    }
  });
});

describe('Rooms', () => {
  test('are read as they are written', () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^[A-Za-z0-9_.@-]{1,64}$/).filter((id) => UserId.safeParse(id).success),
        (userId) => {
          expect(parseRoom(room.user(workspaceId, userId))).toEqual({ kind: 'user', workspaceId, userId });
        },
      ),
    );
    expect(parseRoom(general)).toEqual({ kind: 'stream', workspaceId, streamId });
    expect(parseRoom(room.workspace(workspaceId))).toEqual({ kind: 'workspace', workspaceId });
  });

  test('are nothing else: whatever is read is written the same', () => {
    const nearly = fc.array(fc.constantFrom('ws', workspaceId, streamId, 'stream', 'user', 'workspace', 'ada', '', ' ', 'ws:'), {
      maxLength: 6,
    });
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          nearly.map((parts) => parts.join(':')),
        ),
        (name) => {
          const parsed = parseRoom(name);
          if (!parsed) return;
          const written = {
            stream: () => room.stream(parsed.workspaceId, (parsed as { streamId: string }).streamId),
            workspace: () => room.workspace(parsed.workspaceId),
            user: () => room.user(parsed.workspaceId, (parsed as { userId: string }).userId),
          };
          expect(written[parsed.kind]()).toBe(name);
        },
      ),
      { numRuns: 5_000 },
    );
  });
});

describe('Close codes', () => {
  test('say by their hundreds what to do', () => {
    for (const code of Object.values(closeCodes)) expect([40, 41, 44]).toContain(Math.floor(code / 100));
    expect(new Set(Object.values(closeCodes)).size).toBe(Object.keys(closeCodes).length);
  });

  test('of errors are codes of the protocol, and errors that may be tried again do not end in "stop"', () => {
    for (const [code, kind] of Object.entries(errorKinds)) {
      if (!('closeCode' in kind)) continue;
      expect(Object.values(closeCodes)).toContain(kind.closeCode);
      if (kind.retry !== 'never') expect({ code, stops: kind.closeCode >= 4400 }).toEqual({ code, stops: false });
    }
  });
});
