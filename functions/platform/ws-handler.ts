import middy from '@middy/core';
import type {
  APIGatewayEventWebsocketRequestContextV2,
  APIGatewayProxyStructuredResultV2,
  APIGatewayProxyWebsocketEventV2WithRequestContext,
} from 'aws-lambda';
import * as z from 'zod';
import { ClientFrame, maxFrameBytes } from '../../contract/frames.ts';
import type { ServerFrame } from '../../contract/frames.ts';
import { newId, UserId, WorkspaceId } from '../../contract/ids.ts';
import { errorKinds } from '../../contract/errors.ts';
import type { UserCaller } from './authenticate.ts';
import { AppError, fieldErrors, toAppError, toProblem } from './errors.ts';
import { refuseDeep } from './requests/json-depth.ts';
import { log, takeColdStart } from './log.ts';
import { metrics } from './metrics.ts';

/** A socket and its user. The authorizer identified the user when the socket opened; API Gateway repeats that with every frame. */
export interface SocketCaller extends UserCaller {
  readonly connectionId: string;
}

/** Handlers by kind of frame; the returned frame is sent back on the same socket. */
export type FrameTable = {
  readonly [Op in ClientFrame['op']]: (frame: Extract<ClientFrame, { op: Op }>, caller: SocketCaller) => Promise<ServerFrame>;
};

type Values = Readonly<Record<string, string | undefined>>;
/** Headers, in lower case, and query of the request that opens a socket. */
export interface Handshake {
  readonly headers: Values;
  readonly query: Values;
}

export interface SocketTable {
  /** Refuses the connection by throwing; returns headers of the handshake's answer. */
  connect(caller: SocketCaller, handshake: Handshake): Promise<Record<string, string>>;
  disconnect(connectionId: string): Promise<void>;
  /** Throws for a caller whose frames are answered no more. Called before each frame. */
  admit(caller: SocketCaller): Promise<void>;
  readonly frames: FrameTable;
}

type Event = APIGatewayProxyWebsocketEventV2WithRequestContext<
  APIGatewayEventWebsocketRequestContextV2 & { authorizer?: Record<string, unknown> }
> & { headers?: Record<string, string | undefined>; queryStringParameters?: Record<string, string | undefined> | null };
type Result = APIGatewayProxyStructuredResultV2;

/** Middleware chain of sockets: log line, caller from the authorizer, frame parsing, the use case, `err` frames. */
export function socketHandler(table: SocketTable) {
  return middy<Event, Result>()
    .use(aroundMessage())
    .handler(async (event: Event) => {
      const { connectionId, routeKey } = event.requestContext;
      if (routeKey === '$disconnect') {
        await table.disconnect(connectionId);
        return { statusCode: 200 };
      }
      const caller = callerOf(event);
      log.appendKeys({ workspaceId: caller.workspaceId, userId: caller.userId });
      if (routeKey === '$connect') return connect(table, caller, event);
      return { statusCode: 200, body: JSON.stringify(await answerFrame(table, caller, event.body ?? '')) };
    });
}

async function connect(table: SocketTable, caller: SocketCaller, event: Event): Promise<Result> {
  try {
    const given = Object.entries(event.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value] as const);
    const handshake = { headers: Object.fromEntries(given), query: event.queryStringParameters ?? {} };
    return { statusCode: 200, headers: await table.connect(caller, handshake) };
  } catch (thrown) {
    const error = toAppError(thrown);
    if (error !== thrown && errorKinds[error.code].status >= 500)
      log.error('The connection could not be opened', { error: thrown as Error });
    return { statusCode: errorKinds[error.code].status };
  }
}

/** Context from the authorizer; API Gateway makes text of its numbers. Sockets that earlier releases opened have no token in it. */
const SocketContext = z.object({
  workspaceId: WorkspaceId,
  userId: UserId,
  tokenVersion: z.coerce.number().int().optional(),
  tokenExpiresAt: z.coerce.number().int().optional(),
});

function callerOf(event: Event): SocketCaller {
  const { connectionId, authorizer } = event.requestContext;
  return { kind: 'user', connectionId, ...SocketContext.parse(authorizer) };
}

async function answerFrame(
  { admit, frames }: Pick<SocketTable, 'admit' | 'frames'>,
  caller: SocketCaller,
  body: string,
): Promise<ServerFrame> {
  let id: number | null = null;
  try {
    await admit(caller);
    const raw = readJson(body);
    id = idOf(raw);
    const frame = parseFrame(frames, raw);
    log.appendKeys({ op: frame.op });
    // The table has one entry per op, so the frame fits the entry that its op picks.
    const use = frames[frame.op] as (frame: ClientFrame, caller: SocketCaller) => Promise<ServerFrame>;
    return await use(frame, caller);
  } catch (thrown) {
    const error = toAppError(thrown);
    if (error !== thrown && errorKinds[error.code].status >= 500) log.error('The frame failed on our side', { error: thrown as Error });
    else log.appendKeys({ code: error.code });
    return { op: 'err', id, d: toProblem(error, newId('request')) };
  }
}

function readJson(body: string): unknown {
  if (Buffer.byteLength(body) > maxFrameBytes) throw new AppError('too_large', `A frame may be at most ${maxFrameBytes} bytes.`);
  try {
    return JSON.parse(body);
  } catch {
    throw new AppError('bad_frame', 'A frame is one JSON object.');
  }
}

function idOf(raw: unknown): number | null {
  const id = typeof raw === 'object' && raw !== null && 'id' in raw ? raw.id : undefined;
  return typeof id === 'number' && Number.isSafeInteger(id) && id >= 0 ? id : null;
}

function parseFrame(frames: FrameTable, raw: unknown): ClientFrame {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) throw new AppError('bad_frame', 'A frame is one JSON object.');
  const op = 'op' in raw ? raw.op : undefined;
  if (typeof op !== 'string' || !Object.hasOwn(frames, op)) {
    const errors = [{ path: 'frame.op', message: `must be one of ${Object.keys(frames).join(', ')}` }];
    throw new AppError('unknown_op', undefined, { errors });
  }
  refuseDeep('frame', raw);
  const parsed = ClientFrame.safeParse(raw);
  if (parsed.success) return parsed.data;
  const errors = fieldErrors('frame', parsed.error);
  throw new AppError('invalid_input', errors.map(({ path, message }) => `${path}: ${message}`).join('; '), { errors });
}

function aroundMessage(): middy.MiddlewareObj<Event, Result> {
  let startedAt = 0;
  return {
    before(request) {
      startedAt = performance.now();
      const { requestId, connectionId, routeKey } = request.event.requestContext;
      log.resetKeys();
      log.appendKeys({ requestId, connectionId, routeKey, coldStart: takeColdStart() });
    },
    after(request) {
      log.info('frame', { status: request.response?.statusCode, milliseconds: Math.round((performance.now() - startedAt) * 10) / 10 });
      metrics.flush();
    },
    onError(request) {
      log.error('frame', { status: 500, error: request.error as Error });
      metrics.flush();
    },
  };
}
