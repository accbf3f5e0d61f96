import { describe, expect, test } from '@jest/globals';
import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { ErrFrame } from '../../../contract/frames.ts';
import { newId } from '../../../contract/ids.ts';
import type { App } from '../../../functions/platform/app.ts';
import { AppError } from '../../../functions/platform/errors.ts';
import { log } from '../../../functions/platform/log.ts';
import { socketHandler } from '../../../functions/platform/ws-handler.ts';
import type { FrameTable, SocketCaller } from '../../../functions/platform/ws-handler.ts';
import { openSocket } from '../../../functions/realtime/open-socket.ts';

log.setLogLevel('SILENT');
const workspaceId = newId('workspace');
const seen: SocketCaller[] = [];
const disconnected: string[] = [];
const answer = async (frame: { id: number }, caller: SocketCaller) => {
  seen.push(caller);
  return { op: 'ok' as const, id: frame.id, d: {} };
};
const frames: FrameTable = {
  hello: answer,
  sub: answer,
  unsub: answer,
  signal: answer,
  barrier: answer,
  present: answer,
  ping: async () => {
    throw Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:5432'), { code: 'ECONNREFUSED' });
  },
  send: async (frame) => {
    if (frame.d.text === 'bug') throw new TypeError('undefined is not a function, at select * from secrets');
    throw new AppError('stream_archived');
  },
};
const connections = { add: async () => undefined } as unknown as Parameters<typeof openSocket>[0]['connections'];
/** A database where everybody is a member. */
const db = {
  transaction: (_: unknown, work: (tx: unknown) => Promise<unknown>) => work({ query: async () => [{}] }),
} as unknown as App['db'];
const handler = socketHandler({
  connect: (caller, handshake) => openSocket({ db, connections } as never, caller, handshake, 'streambed.v1.json'),
  disconnect: async (connectionId) => void disconnected.push(connectionId),
  admit: async ({ tokenExpiresAt }) => {
    if (tokenExpiresAt === 1) throw new AppError('token_expired');
  },
  frames,
});

async function event(
  routeKey: string,
  body?: string,
  headers?: Record<string, string>,
  more: object = {},
): Promise<APIGatewayProxyStructuredResultV2> {
  const requestContext = { routeKey, connectionId: 'c1=', requestId: 'r', authorizer: { workspaceId, userId: 'ada', ...more } };
  return await handler({ requestContext, body, headers } as never, { awsRequestId: 'r' } as never);
}
const frame = async (raw: unknown) =>
  JSON.parse((await event('$default', typeof raw === 'string' ? raw : JSON.stringify(raw))).body ?? '') as { op: string; id: number };
async function expectErr(raw: unknown, code: string, id: number | null, path?: string): Promise<void> {
  const err = ErrFrame.parse(await frame(raw));
  expect({ code: err.d.code, id: err.id }).toEqual({ code, id });
  expect(JSON.stringify(err)).not.toMatch(/select|ECONNREFUSED|127\.0\.0\.1|\.ts/);
  if (path !== undefined) expect(err.d.errors?.map((error) => error.path)).toContain(path);
}

describe('frames', () => {
  test('reach their use case with the caller', async () => {
    expect(await frame({ op: 'hello', id: 4, d: { v: 1 } })).toEqual({ op: 'ok', id: 4, d: {} });
    expect(seen.at(-1)).toEqual({ kind: 'user', connectionId: 'c1=', workspaceId, userId: 'ada' });
  });

  test('carry the version and the end of the token, which API Gateway makes text of', async () => {
    const hello = JSON.stringify({ op: 'hello', id: 4, d: { v: 1 } });
    await event('$default', hello, undefined, { tokenVersion: '3', tokenExpiresAt: '1800000000' });
    expect(seen.at(-1)).toMatchObject({ tokenVersion: 3, tokenExpiresAt: 1_800_000_000 });
  });

  test('of a caller who is not admitted reach nothing, whatever they hold', async () => {
    const before = seen.length;
    for (const body of [JSON.stringify({ op: 'hello', id: 4, d: { v: 1 } }), 'junk', '']) {
      const answered = await event('$default', body, undefined, { tokenExpiresAt: '1' });
      expect(ErrFrame.parse(JSON.parse(answered.body ?? '')).d.code).toBe('token_expired');
    }
    expect(seen.length).toBe(before);
  });

  test('outside the protocol get an error, and the socket stays open', async () => {
    await expectErr('hello?', 'bad_frame', null);
    await expectErr('', 'bad_frame', null);
    await expectErr('[]', 'bad_frame', null);
    await expectErr('null', 'bad_frame', null);
    await expectErr('7', 'bad_frame', null);
    await expectErr({ op: 'dance', id: 3 }, 'unknown_op', 3, 'frame.op');
    await expectErr({ op: 'toString', id: 3 }, 'unknown_op', 3);
    await expectErr({ op: '__proto__', id: 3 }, 'unknown_op', 3);
    await expectErr({ id: 3 }, 'unknown_op', 3);
    await expectErr({ op: 'hello', id: 'x', d: { v: 1 } }, 'invalid_input', null, 'frame.id');
    await expectErr({ op: 'hello', id: 5, d: { v: 1, extra: true } }, 'invalid_input', 5, 'frame.d.extra');
    await expectErr({ op: 'sub', id: 6, d: { rooms: [] } }, 'invalid_input', 6, 'frame.d.rooms');
    await expectErr({ op: 'sub', id: 6, d: { rooms: [{ room: 'kitchen' }] } }, 'invalid_input', 6, 'frame.d.rooms.0.room');
    await expectErr(
      { op: 'sub', id: 6, d: { rooms: [{ room: `ws:${workspaceId}:workspace`, seq: -1 }] } },
      'invalid_input',
      6,
      'frame.d.rooms.0.seq',
    );
    await expectErr(
      { op: 'send', id: 7, d: { stream: newId('stream'), clientEventId: 'a', text: ' ' } },
      'invalid_input',
      7,
      'frame.d.text',
    );
    await expectErr(`{"op":"hello","id":1,"d":{"v":1,"device":"${'x'.repeat(33_000)}"}}`, 'too_large', null);
  });

  test('that ask for a room twice are refused', async () => {
    const name = `ws:${workspaceId}:workspace`;
    const rooms = [{ room: name }, { room: name, seq: 0 }];
    await expectErr({ op: 'sub', id: 6, d: { rooms } }, 'invalid_input', 6, 'frame.d.rooms');
    await expectErr({ op: 'unsub', id: 6, d: { rooms: [name, name] } }, 'invalid_input', 6, 'frame.d.rooms');
    await expectErr({ op: 'hello', id: 6, d: { v: 1, resume: { rooms } } }, 'invalid_input', 6, 'frame.d.resume.rooms');
    await expectErr({ op: 'ping', id: 6, d: { pos: rooms } }, 'invalid_input', 6, 'frame.d.pos');
  });

  test('that are nested deep are refused before their schema is walked', async () => {
    const deep = `${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`;
    const signal = `{"op":"signal","id":6,"d":{"room":"ws:${workspaceId}:workspace","type":"typing","data":`;
    await expectErr(`${signal}${deep}}}`, 'invalid_input', 6, 'frame');
    const list = `${'['.repeat(15_000)}${']'.repeat(15_000)}`;
    await expectErr(`${signal}{"a":${list}}}}`, 'invalid_input', 6, 'frame');
  });

  test('that fail have one error format: refusals, a dependency that is down, a bug', async () => {
    const send = (text: string) => ({ op: 'send', id: 8, d: { stream: newId('stream'), clientEventId: 'a', text } });
    await expectErr(send('x'), 'stream_archived', 8);
    await expectErr({ op: 'ping', id: 9, d: {} }, 'unavailable', 9);
    await expectErr(send('bug'), 'internal', 8);
  });
});

describe('the handshake', () => {
  test('negotiates the subprotocol, or refuses', async () => {
    expect(await event('$connect', undefined, { 'Sec-WebSocket-Protocol': 'other, streambed.v1.json' })).toEqual({
      statusCode: 200,
      headers: { 'Sec-WebSocket-Protocol': 'streambed.v1.json' },
    });
    expect((await event('$connect', undefined, { 'Sec-WebSocket-Protocol': 'other' })).statusCode).toBe(400);
    expect((await event('$connect')).statusCode).toBe(400);
  });

  test('ends with a disconnect', async () => {
    await event('$disconnect');
    expect(disconnected).toEqual(['c1=']);
  });
});
