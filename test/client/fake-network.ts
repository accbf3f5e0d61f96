import type { SocketLike, Transport } from '../../client/socket/connection.ts';
import { ClientFrame } from '../../contract/frames.ts';
import type { ServerFrame } from '../../contract/frames.ts';
import { chance } from './fake-clock.ts';
import type { FakeClock } from './fake-clock.ts';
import type { FakeServer, ServerSide } from './fake-server.ts';

/** Quality of the network: probabilities from 0 to 1, and the longest delay of a frame or an answer. */
export interface Weather {
  readonly drop: number;
  readonly duplicate: number;
  readonly delayMs: number;
  /** Of a request: lost on the way there, or its answer on the way back. */
  readonly httpFailure: number;
  /** Of a try to open a socket. */
  readonly refuse: number;
  /** The shortest delay of anything, in each direction; 0 unless given. */
  readonly latencyMs?: number;
}
export const calm: Weather = { drop: 0, duplicate: 0, delayMs: 0, httpFailure: 0, refuse: 0 };

type Listener = (event: { data?: unknown; code?: number; reason?: string }) => void;

/** One socket between the client and the fake server, in whatever weather there is. */
class FakeSocket implements SocketLike {
  readonly address: string;
  readonly side: ServerSide;
  state: 'opening' | 'open' | 'closed' = 'opening';
  readonly #network: FakeNetwork;
  readonly #listeners: Record<string, Listener[]> = {};

  constructor(network: FakeNetwork, address: string) {
    this.#network = network;
    this.address = address;
    this.side = {
      rooms: new Set(),
      push: (frame) => network.carry(() => this.receive(frame)),
      close: (code, reason = '') => this.end(code, reason),
    };
  }

  addEventListener(type: string, listener: (event: never) => void): void {
    (this.#listeners[type] ??= []).push(listener as Listener);
  }

  open(): void {
    if (this.state !== 'opening') return;
    this.state = 'open';
    this.#network.server.connections.add(this.side);
    this.#fire('open', {});
  }

  send(text: string): void {
    if (this.state !== 'open') throw new Error('the socket is not open');
    const frame = ClientFrame.parse(JSON.parse(text));
    this.#network.sent.push(frame);
    this.#network.carry(() => {
      if (this.state === 'open') this.#network.server.receive(this.side, frame);
    });
  }

  /** The platform takes a while to notice; the client hears of it too. */
  close(code = 1005): void {
    this.#network.closedByClient.push(code);
    this.end(code, '');
  }

  receive(frame: ServerFrame): void {
    if (this.state === 'open' && !this.#network.loses(frame)) this.#fire('message', { data: JSON.stringify(frame) });
  }

  end(code: number, reason: string): void {
    if (this.state === 'closed') return;
    this.state = 'closed';
    this.#network.server.connections.delete(this.side);
    this.#network.clock.after(0, () => this.#fire('close', { code, reason }));
  }

  #fire(type: string, event: Parameters<Listener>[0]): void {
    for (const listener of this.#listeners[type] ?? []) listener(event);
  }
}

/** Everything between client and server: it drops, doubles, delays (and so reorders) frames, loses requests and answers, cuts sockets. */
export class FakeNetwork {
  readonly clock: FakeClock;
  readonly server: FakeServer;
  readonly sockets: FakeSocket[] = [];
  readonly sent: ClientFrame[] = [];
  readonly closedByClient: number[] = [];
  /** Decides the fate of the next sockets: a close code instead of opening. */
  readonly refusals: number[] = [];
  weather: Weather = calm;
  /** Frames that are lost whatever the weather. */
  loses: (frame: ServerFrame) => boolean = () => false;
  /** Returns the delay of an answer of this address, on top of the delay of the weather. */
  lag: (address: string) => number = () => 0;
  readonly #random: () => number;

  constructor(clock: FakeClock, server: FakeServer, seed = 1) {
    this.clock = clock;
    this.server = server;
    this.#random = chance(seed);
  }

  get open(): FakeSocket[] {
    return this.sockets.filter((socket) => socket.state === 'open');
  }

  readonly transport: Transport = (address) => {
    const socket = new FakeSocket(this, address);
    this.sockets.push(socket);
    const code = this.refusals.shift() ?? (this.#random() < this.weather.refuse ? 1006 : undefined);
    const ticket = new URL(address).searchParams.get('ticket') ?? '';
    const valid = this.server.tickets.delete(ticket);
    this.clock.after(this.#delay(), () => (code === undefined && valid ? socket.open() : socket.end(code ?? 1006, '')));
    return socket;
  };

  readonly fetch = ((input: string, init: RequestInit = {}): Promise<Response> => {
    const { promise, resolve, reject } = Promise.withResolvers<Response>();
    init.signal?.addEventListener('abort', () => reject(init.signal?.reason as Error));
    const lost = (): void => reject(new TypeError('fetch failed'));
    this.clock.after(this.#delay(), () => {
      if (this.#random() < this.weather.httpFailure / 2) return lost();
      const body = init.body === undefined ? undefined : (JSON.parse(init.body as string) as unknown);
      const answer = this.server.handle(
        init.method ?? 'GET',
        new URL(input, 'http://http.test'),
        body,
        init.headers as Record<string, string>,
      );
      const text = JSON.stringify(answer.body);
      const type = answer.status < 400 ? 'application/json' : 'application/problem+json';
      const headers = new Map(Object.entries({ 'content-type': type, ...answer.headers }));
      this.clock.after(this.#delay() + this.lag(input), () => {
        if (this.#random() < this.weather.httpFailure / 2) return lost();
        const response = {
          status: answer.status,
          headers: { get: (name: string) => headers.get(name) ?? null },
          text: () => Promise.resolve(text),
        };
        resolve(response as unknown as Response);
      });
    });
    return promise;
  }) as typeof fetch;

  /** Carries something to the other side: never, once or twice, at once or later. */
  carry(deliver: () => void): void {
    if (this.#random() < this.weather.drop) return;
    this.clock.after(this.#delay(), deliver);
    if (this.#random() < this.weather.duplicate) this.clock.after(this.#delay(), deliver);
  }

  /** Ends all open sockets, with what is under way on them. */
  cut(code = 1006, reason = ''): void {
    for (const socket of this.open) socket.end(code, reason);
  }

  #delay(): number {
    const { latencyMs = 0, delayMs } = this.weather;
    return latencyMs + Math.floor(this.#random() * (delayMs + 1));
  }
}
