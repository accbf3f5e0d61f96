import type { SocketLike } from '../../client/socket/connection.ts';
import type { Clock } from '../../client/clock.ts';
import { createStreambed } from '../../client/http/http.ts';
import type { Streambed } from '../../client/http/http.ts';
import { RealtimeSocket } from '../../client/socket/socket.ts';
import { FollowUp } from '../../contract/messages/follow-up.ts';
import { socketHandler } from '../../functions/platform/ws-handler.ts';
import type { Connections } from '../../functions/realtime/connections.ts';
import { fanOut } from '../../functions/realtime/fan-out.ts';
import { frameTable } from '../../functions/realtime/frames.ts';
import { requireLiveToken } from '../../functions/realtime/require-live-token.ts';
import { FanOutMessage } from '../../contract/messages/fan-out.ts';
import { createNudges } from '../../functions/realtime/nudges.ts';
import type { Frame, PostOutcome } from '../../functions/realtime/sockets.ts';
import type { TestApp } from './app.ts';
import { runFollowUp } from './follow-up.ts';
import { httpOf } from './http.ts';
import { limit } from './slowness.ts';

/** Speed of the clients' clock. */
const speed = 20;
/** Timeouts of clients, long enough that none passes on a slow machine. */
const timeoutMs = 30_000 * speed;
/** Later timers do not delay rest: pings and renewals. Every back-off of the client is shorter. */
const soonMs = 150_000;

/** A fast clock that also reports the delays of all timers which are due soon. */
function fastClock(): Clock & { soon(): readonly number[] } {
  const start = Date.now();
  const due = new Map<unknown, number>();
  return {
    now: () => start + (Date.now() - start) * speed,
    after(ms, task) {
      const handle = setTimeout(() => {
        due.delete(handle);
        task();
      }, ms / speed);
      if (ms <= soonMs) due.set(handle, ms);
      else handle.unref();
      return handle;
    },
    cancel(handle) {
      due.delete(handle);
      clearTimeout(handle as NodeJS.Timeout);
    },
    random: () => 0.5,
    soon: () => [...due.values()],
  };
}

/** The server in this process for real clients: HTTP, sockets, fan-out, follow-up. Queues deliver only in `settle`. */
export interface LiveServer {
  /** A user's client with its own socket. */
  client(who: { token: string; workspaceId: string; userId: string }): { streambed: Streambed; socket: RealtimeSocket; clock: Clock };
  /**
   * Delivers waiting messages, each twice, until queues are empty, no request or frame is in progress, and no client timer is due soon.
   * Moves the clock as delays require. Its failure names what is still waiting.
   */
  settle(): Promise<void>;
}

/** `restWithinMs` is the limit for reaching rest, in milliseconds of the machine's clock. */
export function createLiveServer(app: TestApp & { connections: Connections }, restWithinMs = limit(25_000)): LiveServer {
  const http = httpOf(app);
  const open = new Map<string, (data: string) => void>();
  const closers = new Map<string, (code: number) => void>();
  const sockets = {
    async post(connectionId: string, { bytes }: Frame): Promise<PostOutcome> {
      const receive = open.get(connectionId);
      receive?.(new TextDecoder().decode(bytes));
      return receive ? 'taken' : 'gone';
    },
    async close(connectionId: string) {
      closers.get(connectionId)?.(1000);
    },
  };
  const workerDb = app.test.open('worker');
  const nudges = createNudges(app);
  const handler = socketHandler({
    connect: async () => ({}),
    disconnect: (connectionId) => app.connections.remove(connectionId),
    admit: (caller) => requireLiveToken(app, caller),
    frames: frameTable(app),
  });
  const clock = fastClock();
  const underWay = new Map<symbol, string>();
  let numbered = 0;
  const busy = async <Result>(what: string, work: Promise<Result>): Promise<Result> => {
    const mark = Symbol(what);
    underWay.set(mark, what);
    return work.finally(() => underWay.delete(mark));
  };
  const waitsFor = (): string[] => [
    ...app.sent.map(({ group }) => `fan-out message of ${group}`),
    ...app.later.map(({ body }) => `follow-up ${JSON.stringify(body)}`),
    ...underWay.values(),
    ...clock.soon().map((ms) => `timer of a client, ${ms} ms`),
  ];

  async function deliver(): Promise<void> {
    const messages = app.sent.splice(0);
    for (const group of Map.groupBy(messages, (message) => message.group).values()) {
      const batch = group.map(({ body }) => FanOutMessage.parse(JSON.parse(JSON.stringify(body))));
      await fanOut({ ...app, sockets, nudges }, batch);
      await fanOut({ ...app, sockets, nudges }, batch);
    }
    for (const { body, delaySeconds } of app.later.splice(0)) {
      app.time = new Date(app.time.getTime() + delaySeconds * 1000);
      await runFollowUp({ ...app, db: workerDb }, FollowUp.parse(JSON.parse(JSON.stringify(body))));
    }
  }

  function transportOf(workspaceId: string, userId: string): () => SocketLike {
    return () => {
      const connectionId = `live${++numbered}=`;
      const events = new EventTarget();
      const tell = (type: string, more: object = {}) => events.dispatchEvent(Object.assign(new Event(type), more));
      const close = (code = 1000): void => {
        if (!open.delete(connectionId)) return;
        void busy(`end of ${connectionId}`, app.connections.remove(connectionId));
        tell('close', { code, reason: '' });
      };
      void busy(
        `opening ${connectionId}`,
        app.connections.add({ connectionId, workspaceId, userId }).then(() => {
          open.set(connectionId, (data) => tell('message', { data }));
          closers.set(connectionId, close);
          tell('open');
        }),
      );
      return {
        addEventListener: events.addEventListener.bind(events) as SocketLike['addEventListener'],
        close,
        send(body) {
          const requestContext = { connectionId, routeKey: '$default', authorizer: { workspaceId, userId }, requestId: connectionId };
          const answered = handler({ requestContext, body } as never, { awsRequestId: 'r' } as never);
          const delivered = answered.then((answer) => open.get(connectionId)?.((answer as { body: string }).body));
          void busy(`${userId}: ${body.slice(0, 60)}`, delivered);
        },
      };
    };
  }

  async function fetchInProcess(token: string, input: string | URL | Request, init: RequestInit = {}): Promise<Response> {
    const url = new URL(input as string, 'http://in.process');
    const given = new Headers(init.headers);
    const response = await http({
      method: init.method ?? 'GET',
      path: url.pathname,
      token,
      query: Object.fromEntries(url.searchParams),
      headers: Object.fromEntries(given),
      ...(typeof init.body === 'string' && { raw: init.body }),
    });
    const text = response.status === 204 ? '' : JSON.stringify(response.body);
    // Reading a real body takes an unknown number of event loop turns, which would look like rest.
    return { status: response.status, headers: new Headers(response.headers), text: async () => text } as Response;
  }

  return {
    client({ token, workspaceId, userId }) {
      const inProcess = (input: string | URL | Request, init?: RequestInit) =>
        busy(`${userId}: ${init?.method ?? 'GET'} ${input as string}`, fetchInProcess(token, input, init));
      const streambed = createStreambed({ baseUrl: 'http://in.process', token, fetch: inProcess, clock, timeoutMs });
      const ticket = () => streambed.workspace(workspaceId).ticket();
      return { streambed, socket: new RealtimeSocket({ ticket, transport: transportOf(workspaceId, userId), clock, timeoutMs }), clock };
    },
    async settle() {
      const end = Date.now() + restWithinMs;
      for (;;) {
        await deliver();
        // Pending promises resolve within a turn of the event loop.
        await new Promise((resolve) => setImmediate(resolve));
        const waits = waitsFor();
        if (waits.length === 0) return;
        if (Date.now() > end) throw new Error(`There is no rest within ${restWithinMs} ms; it waits for ${waits.join('; ')}`);
        if (app.sent.length + app.later.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
      }
    },
  };
}
