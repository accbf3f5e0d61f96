import { api } from '../contract/api.ts';
import type { EditEvent, EventPage, ListEvents, PostEvent, StreamEvent } from '../contract/event.ts';
import type { AnswerOf, BodyInput, ParamsOf, QueryInput, Route } from '../contract/route.ts';
import type { CreateStream, Stream } from '../contract/stream.ts';
import type { CreateProvider, Provider } from '../contract/workspace.ts';
import type * as z from 'zod';
import type { Clock } from './clock.ts';

export { StreambedError } from './errors.ts';

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
  post(
    body: z.input<typeof PostEvent> | { readonly text: string; readonly clientEventId?: string },
    options?: SendOptions,
  ): Promise<StreamEvent>;
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
  throw new Error(`being written: ${options.baseUrl} ${api.operations.health.path}`);
}
