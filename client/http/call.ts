import { newId } from '../../contract/ids.ts';
import type { AnswerOf, BodyInput, ParamsOf, QueryInput, Route } from '../../contract/route.ts';

type Values<Schema> = { readonly [Key in keyof Schema]: Schema[Key] extends string ? string : Schema[Key] };

/** Arguments of a call of a route. Ids may be plain strings: the server validates them. */
export interface CallOptions<R extends Route> {
  readonly params?: Values<ParamsOf<R>>;
  readonly query?: Query<R>;
  readonly body?: BodyInput<R>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** The request may be sent again without a second effect. GET always may. */
  readonly repeatable?: boolean;
}

/** Calls a route of the contract. */
export type Call = <R extends Route>(route: R, options?: CallOptions<R>) => Promise<AnswerOf<R>>;

/** The query of a route. A field that is left out has its default. */
export type Query<R extends Route> = Partial<QueryInput<R>>;

export interface SendOptions {
  readonly signal?: AbortSignal;
}
export interface ChangeOptions extends SendOptions {
  /**
   * The revision that the change is based on (an event's `changedSeq`, a stream's `rev`). The server answers 412 when it has changed since.
   */
  readonly ifMatch?: number;
}

/** Returns the header that names the revision a change is based on. */
export const ifMatch = (revision: number | undefined): Record<string, string> =>
  revision === undefined ? {} : { 'if-match': `"${revision}"` };

/** Makes an id for a send of this client; ids sort by time. Works on pages without TLS too, where `crypto.randomUUID` is missing. */
export const newClientEventId = (nowMs: number): string => newId('event', nowMs).replace('evt_', 'cev_');
