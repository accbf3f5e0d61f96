import { api } from '../contract/api.ts';
import type { EditEvent, EventPage, ListEvents, PostEvent, StreamEvent } from '../contract/event.ts';
import { newId } from '../contract/ids.ts';
import type { AnswerOf, BodyInput, ParamsOf, QueryInput, Route } from '../contract/route.ts';
import type { CreateStream, Stream } from '../contract/stream.ts';
import type { CreateProvider, Provider } from '../contract/workspace.ts';
import type * as z from 'zod';
import { systemClock } from './clock.ts';
import type { Clock } from './clock.ts';
import { sendRequest } from './request.ts';
import type { RequestContext } from './request.ts';

export interface StreambedOptions {
  /** Where the service is, without a path: `https://streambed.example`; empty for the page's own origin. */
  readonly baseUrl: string;
  /** The user's token (or an API key for the routes that take one). A function is asked before each request. */
  readonly token: string | (() => string | Promise<string>);
  readonly fetch?: typeof fetch;
  /** How long one try may take; 15 s unless told. */
  readonly timeoutMs?: number;
  readonly clock?: Clock;
}

type Values<Schema> = { readonly [Key in keyof Schema]: Schema[Key] extends string ? string : Schema[Key] };

/** What a route is called with. Ids may be plain strings: the server judges them. */
export interface CallOptions<R extends Route> {
  readonly params?: Values<ParamsOf<R>>;
  readonly query?: Partial<QueryInput<R>>;
  readonly body?: BodyInput<R>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** The request may be sent again without a second effect. GET always may. */
  readonly repeatable?: boolean;
}

export interface SendOptions {
  readonly signal?: AbortSignal;
}
export interface ChangeOptions extends SendOptions {
  /** The `changedSeq` that the change was made from; 412 when the event has changed since. */
  readonly ifMatch?: number;
}
export type Ticket = AnswerOf<(typeof api)['realtime']['createTicket']>;
export type WorkspaceAndMe = AnswerOf<(typeof api)['workspaces']['readWorkspace']>;
export interface Page<Item> {
  readonly items: Item[];
  readonly nextCursor: string | null;
}

/** The events of one stream. */
export interface EventsClient {
  list(query?: Partial<z.input<typeof ListEvents>>, options?: SendOptions): Promise<EventPage>;
  /** Repeats itself safely: without a `clientEventId` it makes one. */
  post(body: z.input<typeof PostEvent>, options?: SendOptions): Promise<StreamEvent>;
  edit(eventId: string, body: EditEvent, options?: ChangeOptions): Promise<StreamEvent>;
  delete(eventId: string, options?: ChangeOptions): Promise<StreamEvent>;
}

/** One workspace. */
export interface WorkspaceClient {
  read(options?: SendOptions): Promise<WorkspaceAndMe>;
  readonly streams: {
    list(query?: Partial<QueryInput<(typeof api)['streams']['listStreams']>>, options?: SendOptions): Promise<Page<Stream>>;
    create(body: z.input<typeof CreateStream>, options?: SendOptions & { readonly idempotencyKey?: string }): Promise<Stream>;
    read(streamId: string, options?: SendOptions): Promise<Stream>;
  };
  events(streamId: string): EventsClient;
  readonly providers: {
    list(query?: Partial<QueryInput<(typeof api)['workspaces']['listProviders']>>, options?: SendOptions): Promise<Page<Provider>>;
    create(body: CreateProvider, options?: SendOptions): Promise<Provider>;
  };
  /** A ticket to open one socket with. */
  ticket(options?: SendOptions): Promise<Ticket>;
}

/** The typed HTTP client. Everything throws `StreambedError`; an aborted call throws its signal's reason. */
export interface Streambed {
  call<R extends Route>(route: R, options?: CallOptions<R>): Promise<AnswerOf<R>>;
  workspace(workspaceId: string): WorkspaceClient;
}

/** Makes a client. Nothing is sent until it is used. */
export function createStreambed(options: StreambedOptions): Streambed {
  const { token, clock = systemClock } = options;
  const context: RequestContext = {
    baseUrl: options.baseUrl,
    token: typeof token === 'string' ? () => token : token,
    // A browser's fetch refuses to be called as a method of something else.
    fetch: options.fetch ?? ((input, init) => fetch(input, init)),
    timeoutMs: options.timeoutMs ?? 15_000,
    clock,
  };
  const call: Streambed['call'] = (route, { params = {}, query = {}, body, headers = {}, signal, repeatable } = {}) =>
    sendRequest(context, route, {
      params,
      query,
      body,
      headers,
      signal,
      repeatable: repeatable ?? route.method === 'GET',
    });
  return { call, workspace: (workspaceId) => workspaceClient(call, workspaceId, clock) };
}

function workspaceClient(call: Streambed['call'], workspaceId: string, clock: Clock): WorkspaceClient {
  const params = { workspaceId };
  return {
    read: (options = {}) => call(api.workspaces.readWorkspace, { params, ...options }),
    streams: {
      list: (query = {}, options = {}) => call(api.streams.listStreams, { params, query, ...options }),
      create: (body, { idempotencyKey, signal } = {}) => {
        const headers: Record<string, string> = idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey };
        return call(api.streams.createStream, { params, body, headers, signal, repeatable: idempotencyKey !== undefined });
      },
      read: (streamId, options = {}) => call(api.streams.readStream, { params: { workspaceId, streamId }, ...options }),
    },
    events: (streamId) => eventsClient(call, workspaceId, streamId, clock),
    providers: {
      list: (query = {}, options = {}) => call(api.workspaces.listProviders, { params, query, ...options }),
      create: (body, options = {}) => call(api.workspaces.createProvider, { params, body, ...options }),
    },
    ticket: (options = {}) => call(api.realtime.createTicket, options),
  };
}

function eventsClient(call: Streambed['call'], workspaceId: string, streamId: string, clock: Clock): EventsClient {
  const params = { workspaceId, streamId };
  const ifMatch = (changedSeq: number | undefined): Record<string, string> =>
    changedSeq === undefined ? {} : { 'if-match': `"${changedSeq}"` };
  return {
    list: (query = {}, options = {}) => call(api.streams.listEvents, { params, query, ...options }),
    post: (body, options = {}) => {
      const clientEventId = body.clientEventId ?? newClientEventId(clock.now());
      return call(api.streams.postEvent, { params, body: { ...body, clientEventId }, repeatable: true, ...options });
    },
    edit: (eventId, body, options = {}) =>
      call(api.streams.editEvent, { params: { ...params, eventId }, body, headers: ifMatch(options.ifMatch), signal: options.signal }),
    delete: (eventId, options = {}) =>
      call(api.streams.deleteEvent, { params: { ...params, eventId }, headers: ifMatch(options.ifMatch), signal: options.signal }),
  };
}

/** An id for a send of our own, in the order of time. Works where `crypto.randomUUID` does not: on pages without TLS. */
export const newClientEventId = (nowMs: number): string => newId('event', nowMs).replace('evt_', 'cev_');
