import * as z from 'zod';
import type { KeyScope } from './api-key.ts';
import { queryInteger } from './query.ts';

/** Path of a route as it is documented and called. */
export const publicPath = ({ path, slash }: Pick<Route, 'path' | 'slash'>): string => (slash ? `${path}/` : path);

/** Callers of a route: without authentication, a workspace's API key, a signed-in member, or either of the two. */
export type RouteAuth = 'none' | 'apiKey' | 'user' | 'userOrApiKey';

/**
 * One row of the HTTP surface. The same row feeds the router and its validation, the API Gateway routes, the OpenAPI document and the typed
 * client. `path` is in API Gateway's notation; `params` has one key for each of its `{names}`.
 */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  /** The documented path ends with a slash, and the front takes that slash away. */
  readonly slash?: true;
  readonly auth: RouteAuth;
  /** Problem for a token that is not valid, where it is not `unauthenticated`. */
  readonly wrongToken?: 'forbidden';
  /** Scope that an API key needs; there exactly where the route takes one. */
  readonly scope?: KeyScope;
  readonly summary: string;
  readonly tag: string;
  readonly params: z.ZodObject;
  readonly query: z.ZodType<Record<string, unknown>>;
  readonly body: z.ZodType | undefined;
  /** Request headers of the route besides the common ones, in lower case. */
  readonly headers: readonly ('idempotency-key' | 'if-match')[];
  /** Schema of the answer by status; undefined for an answer without a body. */
  readonly answers: Readonly<Record<number, z.ZodType | undefined>>;
  /** Content type of the answer where it is not application/json. */
  readonly produces?: string;
}

const nothing = z.strictObject({});

type Given<Auth, Params, Query, Body, Answers> = Omit<Route, 'auth' | 'scope' | 'params' | 'query' | 'body' | 'answers' | 'headers'> & {
  readonly auth: Auth;
  readonly params?: Params;
  readonly query?: Query;
  readonly body?: Body;
  readonly answers: Answers;
  readonly headers?: Route['headers'];
} & (Auth extends 'apiKey' | 'userOrApiKey' ? { readonly scope: KeyScope } : { readonly scope?: never });

/** Completes a row. Schemas that are left out are empty and strict. */
export function defineRoute<
  Auth extends RouteAuth,
  Params extends z.ZodObject = typeof nothing,
  Query extends z.ZodType<Record<string, unknown>> = typeof nothing,
  Body extends z.ZodType | undefined = undefined,
  Answers extends Route['answers'] = Route['answers'],
>(row: Given<Auth, Params, Query, Body, Answers>) {
  return {
    ...row,
    params: (row.params ?? nothing) as Params,
    query: (row.query ?? nothing) as Query,
    body: row.body as Body,
    headers: row.headers ?? [],
  };
}

export type ParamsOf<R extends Route> = z.infer<R['params']>;
export type QueryOf<R extends Route> = z.infer<R['query']>;
export type BodyOf<R extends Route> = R['body'] extends z.ZodType ? z.infer<R['body']> : undefined;
/** Query and body as a caller writes them. Fields with defaults may be left out. */
export type QueryInput<R extends Route> = z.input<R['query']>;
export type BodyInput<R extends Route> = R['body'] extends z.ZodType ? z.input<R['body']> : undefined;
type Outputs<Answers> = { [Status in keyof Answers]: Answers[Status] extends z.ZodType ? z.infer<Answers[Status]> : undefined };
/** The answer of a route, for any of its statuses. */
export type AnswerOf<R extends Route> = Outputs<R['answers']>[keyof R['answers']];

/** A page of a list. `nextCursor` is opaque, null on the last page. */
export const pageOf = <Item extends z.ZodType>(item: Item) => z.object({ items: z.array(item), nextCursor: z.string().nullable() });

/** `limit` and `cursor` of every list. */
export const pageQuery = {
  limit: queryInteger({ min: 1, max: 200 }).default(50).meta({ default: 50 }),
  cursor: z.string().max(512).optional(),
};
