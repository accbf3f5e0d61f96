import { newId } from '../../contract/ids.ts';
import type { AnswerOf, BodyInput, ParamsOf, QueryInput, Route } from '../../contract/route.ts';

type Values<Schema> = { readonly [Key in keyof Schema]: Schema[Key] extends string ? string : Schema[Key] };

/** What a route is called with. Ids may be plain strings: the server judges them. */
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

/** The query of a route; what is left out has its default. */
export type Query<R extends Route> = Partial<QueryInput<R>>;

export interface SendOptions {
  readonly signal?: AbortSignal;
}
export interface ChangeOptions extends SendOptions {
  /** The revision that the change was made from (an event's `changedSeq`, a stream's `rev`); 412 when it has changed since. */
  readonly ifMatch?: number;
}

/** The header that says from which revision a change was made. */
export const ifMatch = (revision: number | undefined): Record<string, string> =>
  revision === undefined ? {} : { 'if-match': `"${revision}"` };

/** An id for a send of our own, in the order of time. Works where `crypto.randomUUID` does not: on pages without TLS. */
export const newClientEventId = (nowMs: number): string => newId('event', nowMs).replace('evt_', 'cev_');
