import { errorKinds } from '../../contract/errors.ts';
import type { ErrorCode, Problem } from '../../contract/errors.ts';
import type { ClientFrameInput, ServerFrame } from '../../contract/frames.ts';
import type { Clock } from '../clock.ts';
import type { Patience } from '../deadline.ts';
import { StreambedError, clientProblem } from '../errors.ts';
import { readServerFrame } from './frames.ts';
import type { UnreadableChange } from './frames.ts';

/** The part of a WebSocket that the client uses. The sockets of browsers, of Node and of `ws` all fit. */
export interface SocketLike {
  send(text: string): void;
  close(code?: number, reason?: string): void;
  addEventListener(type: 'open' | 'error', listener: () => void): void;
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
  addEventListener(type: 'close', listener: (event: { readonly code: number; readonly reason: string }) => void): void;
}
/** Opens a socket. */
export type Transport = (url: string, protocols: string[]) => SocketLike;

/** The end of a connection, and the reaction that it calls for. */
export interface ConnectionEnd {
  readonly code: number;
  readonly reason: string;
  /** `again`: connect after a back-off; `refresh`: connect at once, with a new ticket; `stop`: do not connect. */
  readonly next: 'again' | 'refresh' | 'stop';
  /** Shortest time before the next connection that the server accepts. */
  readonly afterMs: number;
  /** The reason to stop. */
  readonly problem?: Problem;
}

/** Frames about rooms: changes, notices, signals, pointers, epochs and related items. */
export type RoomFrame =
  | Extract<
      ServerFrame,
      { op: 'ev' | 'evs' | 'behind' | 'resync' | 'eph' | 'ptr' | 'epochs' | 'related' | 'draft' | 'presence' | 'revoked' }
    >
  | UnreadableChange;
type Replies = Extract<ServerFrame, { op: 'ok' | 'welcome' | 'pong' }>;
type Reply<Op extends Replies['op'] = Replies['op']> = Extract<Replies, { op: Op }>;
type Request<Op extends ClientFrameInput['op']> = Extract<ClientFrameInput, { op: Op }>['d'];

export interface ConnectionOptions {
  readonly clock: Clock;
  readonly socket: SocketLike;
  /** Deadline for opening, and for each request. */
  readonly patience: Patience;
  frame(frame: RoomFrame): void;
  /** Called once, at the end. */
  ended(end: ConnectionEnd): void;
}

/** The life of one socket: it opens, sends requests, gets replies, and ends once. */
export class Connection {
  /** Resolves when it is open; rejects when it ends before that. */
  readonly opened: Promise<void>;
  /** Milliseconds of the clock at which it opened; until then, at which it was made. */
  openedAt: number;
  ended: ConnectionEnd | undefined;
  /** Resolves when it has ended. */
  readonly over: Promise<void>;

  readonly #options: ConnectionOptions;
  readonly #waiting = new Map<
    number,
    { resolve(reply: Reply): void; reject(error: StreambedError): void; timer: unknown; askedAt: number }
  >();
  readonly #opening = Promise.withResolvers<void>();
  readonly #ending = Promise.withResolvers<void>();
  #counter = 0;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.opened = this.#opening.promise;
    this.opened.catch(() => undefined);
    this.over = this.#ending.promise;
    const { socket, clock } = options;
    this.openedAt = clock.now();
    const timer = this.#deadline('it did not open');
    socket.addEventListener('open', () => {
      clock.cancel(timer);
      this.openedAt = clock.now();
      this.#opening.resolve();
    });
    socket.addEventListener('message', (event) => this.#receive(event.data));
    socket.addEventListener('error', () => undefined);
    socket.addEventListener('close', ({ code, reason }) => {
      clock.cancel(timer);
      this.#end(endOfCode(code, reason));
    });
  }

  hello(d: Request<'hello'>): Promise<Reply<'welcome'>> {
    return this.#request({ op: 'hello', id: this.#nextId(), d }) as Promise<Reply<'welcome'>>;
  }

  subscribe(d: Request<'sub'>): Promise<Reply<'ok'>> {
    return this.#request({ op: 'sub', id: this.#nextId(), d }) as Promise<Reply<'ok'>>;
  }

  unsubscribe(d: Request<'unsub'>): Promise<Reply<'ok'>> {
    return this.#request({ op: 'unsub', id: this.#nextId(), d }) as Promise<Reply<'ok'>>;
  }

  ping(d: Request<'ping'>, baseMs?: number): Promise<Reply<'pong'>> {
    return this.#request({ op: 'ping', id: this.#nextId(), d }, baseMs) as Promise<Reply<'pong'>>;
  }

  present(d: Request<'present'>): Promise<Reply<'ok'>> {
    return this.#request({ op: 'present', id: this.#nextId(), d }) as Promise<Reply<'ok'>>;
  }

  signal(d: Request<'signal'>): Promise<Reply<'ok'>> {
    return this.#request({ op: 'signal', id: this.#nextId(), d }) as Promise<Reply<'ok'>>;
  }

  /** Ends a connection that is of no use any more, though the socket may not have noticed. */
  fail(reason: string): void {
    this.#end({ code: 1006, reason, next: 'again', afterMs: 0 });
  }

  /** Closes the connection because the client does not need it any more. */
  close(): void {
    this.#end({ code: 1000, reason: 'closed by the client', next: 'stop', afterMs: 0 });
  }

  #nextId(): number {
    return ++this.#counter;
  }

  /** Sends a request. A request without an answer ends the connection: no later request would get one. */
  #request(frame: ClientFrameInput, baseMs?: number): Promise<Reply> {
    const { promise, resolve, reject } = Promise.withResolvers<Reply>();
    if (this.ended) reject(lost(this.ended));
    else {
      const timer = this.#deadline(`"${frame.op}" was not answered`, baseMs);
      this.#waiting.set(frame.id, { resolve, reject, timer, askedAt: this.#options.clock.now() });
      this.#send(JSON.stringify(frame));
    }
    return promise;
  }

  #deadline(what: string, baseMs?: number): unknown {
    const { clock, patience } = this.#options;
    const timeoutMs = patience.deadlineMs(baseMs);
    return clock.after(timeoutMs, () => {
      if (this.ended) return;
      patience.late();
      this.fail(`${what} within ${timeoutMs} ms`);
    });
  }

  #send(text: string): void {
    try {
      this.#options.socket.send(text);
    } catch (error) {
      this.fail(`it could not be written to: ${String(error)}`);
    }
  }

  #receive(data: unknown): void {
    if (this.ended) return;
    const frame = readServerFrame(data);
    if (frame === undefined) return;
    switch (frame.op) {
      case 'ok':
      case 'welcome':
      case 'pong':
        this.#answered(frame.id)?.resolve(frame);
        return;
      case 'err':
        this.#refused(frame.id, frame.d);
        return;
      case 'bye':
        this.#end({ ...endOfCode(frame.code, frame.reason, frame.reconnect), afterMs: frame.afterMs });
        return;
      case 'ev':
      case 'evs':
      case 'unreadable':
      case 'behind':
      case 'resync':
      case 'eph':
      case 'ptr':
      case 'epochs':
      case 'related':
      case 'draft':
      case 'presence':
      case 'revoked':
        this.#options.frame(frame);
    }
  }

  #answered(id: number) {
    const waiting = this.#waiting.get(id);
    const { clock, patience } = this.#options;
    clock.cancel(waiting?.timer);
    if (waiting && !this.ended) patience.answered(clock.now() - waiting.askedAt);
    this.#waiting.delete(id);
    return waiting;
  }

  /**
   * Handles a refusal. The refusal of one request ends that request. A refusal that names no request, or an unknown connection, ends the
   * connection: its close code says what to do.
   */
  #refused(id: number | null, problem: Problem): void {
    const kind = errorKinds[problem.code];
    const isUnknown = problem.code === 'insufficient_state';
    if (id !== null && !isUnknown) return this.#answered(id)?.reject(new StreambedError(problem));
    if ('closeCode' in kind && (isUnknown || isTerminal(kind.closeCode)))
      this.#end({ ...endOfCode(kind.closeCode, problem.title), problem });
  }

  #end(end: ConnectionEnd): void {
    if (this.ended) return;
    this.ended = end;
    this.#options.socket.close(1000, '');
    for (const id of this.#waiting.keys()) this.#answered(id)?.reject(lost(end));
    this.#opening.reject(lost(end));
    this.#ending.resolve();
    this.#options.ended(end);
  }
}

const lost = ({ problem, reason, code }: ConnectionEnd): StreambedError =>
  new StreambedError(problem ?? clientProblem('unavailable', `the connection ended (${code}${reason === '' ? '' : `: ${reason}`})`));

const isTerminal = (code: number): boolean => code >= 4400 && code <= 4499;

/** Maps close codes to a reaction: 4100-4199 a new ticket, 4400-4499 stop, all others connect again. */
function endOfCode(code: number, reason: string, reconnect = true): ConnectionEnd {
  const end = { code, reason, afterMs: 0 };
  if (code >= 4100 && code <= 4199 && reconnect) return { ...end, next: 'refresh' };
  if (reconnect && !isTerminal(code)) return { ...end, next: 'again' };
  return { ...end, next: 'stop', problem: problemOfCode(code, reason) };
}

function problemOfCode(code: number, reason: string): Problem {
  const known = Object.entries(errorKinds).find(([, kind]) => 'closeCode' in kind && kind.closeCode === code)?.[0] as ErrorCode | undefined;
  const detail = `the server ended the connection (${code}${reason === '' ? '' : `: ${reason}`})`;
  return clientProblem(known ?? 'forbidden', detail, { retry: 'never' });
}
