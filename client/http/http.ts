import type { api } from '../../contract/api.ts';
import type { AnswerOf } from '../../contract/route.ts';
import type { Call } from './call.ts';
import { systemClock } from '../clock.ts';
import type { Clock } from '../clock.ts';
import { Patience } from '../deadline.ts';
import type { DebugLog } from '../debug-log.ts';
import { sendRequest } from './request.ts';
import type { RequestContext } from './request.ts';
import { contentSender, contentUploader } from './upload.ts';
import { workspaceClient } from './workspace-client.ts';
import type { WorkspaceClient } from './workspace-client.ts';

export interface StreambedOptions {
  /** Address of the service without a path: `https://streambed.example`; empty for the page's own origin. */
  readonly baseUrl: string;
  /** The user's token (or an API key for the routes that take one). A function is called before each request. */
  readonly token: string | (() => string | Promise<string>);
  readonly fetch?: typeof fetch;
  /** Deadline of one try in milliseconds: default 15 s, and up to four times that where answers have been late. */
  readonly timeoutMs?: number;
  readonly clock?: Clock;
  readonly debugLog?: DebugLog;
}

export type Ticket = AnswerOf<(typeof api)['realtime']['createTicket']>;
export type { WorkspaceClient };
/** A page of a list; `nextCursor` is null on the last one. */
export interface Page<Item> {
  readonly items: Item[];
  readonly nextCursor: string | null;
}

/** The typed HTTP client. Failures throw `StreambedError`; an aborted call throws the reason of its signal. */
export interface Streambed {
  readonly call: Call;
  workspace(workspaceId: string): WorkspaceClient;
}

/** Makes a client. The first call sends the first request. */
export function createStreambed(options: StreambedOptions): Streambed {
  const { token, clock = systemClock } = options;
  const context: RequestContext = {
    baseUrl: options.baseUrl,
    token: typeof token === 'string' ? () => token : token,
    // A browser's fetch throws when it is called as a method of another object.
    fetch: options.fetch ?? ((input, init) => fetch(input, init)),
    patience: new Patience(options.timeoutMs ?? 15_000),
    clock,
    ...(options.debugLog && { debugLog: options.debugLog }),
  };
  const call: Call = (route, { params = {}, query = {}, body, headers = {}, signal, repeatable } = {}) =>
    sendRequest(context, route, {
      params,
      query,
      body,
      headers,
      signal,
      repeatable: repeatable ?? route.method === 'GET',
    });
  const uploadContent = contentUploader(contentSender(context.fetch), clock);
  return { call, workspace: (workspaceId) => workspaceClient({ call, workspaceId, clock, uploadContent }) };
}
