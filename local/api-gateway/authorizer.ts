import type { AuthorizerDefinition } from '../definitions.ts';
import type { Functions, Log } from '../types.ts';
import { wildcard } from '../wildcard.ts';
import { authorizerEvent, type AuthorizerContext, type EventOptions, type Handshake } from './websocket-events.ts';

/** Refusal of a handshake, as an HTTP answer. */
export interface Refusal {
  readonly status: number;
  readonly message: string;
}
export type Authorized = { context: AuthorizerContext } | { refusal: Refusal };

export interface AuthorizeOptions {
  readonly definition: AuthorizerDefinition;
  readonly functions: Functions;
  readonly log: Log;
  readonly event: EventOptions;
  /** `arn:aws:execute-api:region:account:api/stage/$connect` */
  readonly methodArn: string;
}

const unauthorized: Authorized = { refusal: { status: 401, message: 'Unauthorized' } };
const broken: Authorized = { refusal: { status: 500, message: 'Internal Server Error' } };

/** Invokes a REQUEST authorizer. Answers 401 without invoking it when an identity source is missing. */
export async function authorize({ definition, functions, log, event, methodArn }: AuthorizeOptions): Promise<Authorized> {
  const { functionArn, identitySources } = definition;
  if (identitySources.some((source) => !identity(source, event.handshake))) return unauthorized;
  const invocation = await functions.invoke(functionArn, authorizerEvent(event, methodArn));
  if (!invocation.ok) {
    if (invocation.error.errorMessage === 'Unauthorized') return unauthorized;
    log('error', 'an authorizer failed', { functionArn, ...invocation.error });
    return broken;
  }
  const result = invocation.payload as AuthorizerResult | null | undefined;
  const context = contextOf(result);
  if (!result || !context) {
    log('error', 'an authorizer returned no policy, or a context that is not flat', { functionArn, payload: invocation.payload });
    return broken;
  }
  if (!allows(result.policyDocument?.Statement, methodArn)) return { refusal: { status: 403, message: 'Forbidden' } };
  return { context };
}

interface Statement {
  readonly Effect?: string;
  readonly Action?: string | string[];
  readonly Resource?: string | string[];
}
interface AuthorizerResult {
  readonly principalId?: unknown;
  readonly policyDocument?: { readonly Statement?: Statement | Statement[] };
  readonly context?: Record<string, unknown>;
}

/** `route.request.querystring.ticket`, `route.request.header.X-Key`, `context.…` (always there). */
function identity(source: string, { headers, query }: Handshake): string | undefined {
  const [, kind, name = ''] = /^route\.request\.(querystring|header)\.(.+)$/.exec(source) ?? [];
  if (kind === 'querystring') return query[name]?.at(-1);
  if (kind === 'header') return Object.entries(headers).find(([given]) => given.toLowerCase() === name.toLowerCase())?.[1];
  if (/^(context|stageVariables)\./.test(source)) return source;
  throw new Error(`the identity source ${source} is not one of those that the runner knows`);
}

/** Context as functions see it: flat, with all values as text. */
function contextOf(result: AuthorizerResult | null | undefined): AuthorizerContext | undefined {
  if (typeof result?.principalId !== 'string') return undefined;
  const entries = Object.entries(result.context ?? {}).filter(([, value]) => value !== null && value !== undefined);
  if (entries.some(([, value]) => typeof value === 'object')) return undefined;
  return Object.fromEntries([['principalId', result.principalId], ...entries.map(([name, value]) => [name, String(value)])]);
}

const all = <Item>(one: Item | Item[] | undefined): Item[] => (one === undefined ? [] : Array.isArray(one) ? one : [one]);

/** Evaluates a policy: some statement must allow the action, and none may deny it. */
function allows(statements: Statement | Statement[] | undefined, methodArn: string): boolean {
  const matching = all(statements).filter(
    ({ Action, Resource }) =>
      all(Action).some((action) => wildcard(action, 'i').test('execute-api:Invoke')) &&
      all(Resource).some((resource) => wildcard(resource).test(methodArn)),
  );
  return matching.some(({ Effect }) => Effect === 'Allow') && !matching.some(({ Effect }) => Effect === 'Deny');
}
