import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import * as authRoutes from '../../contract/routes/auth.ts';
import * as realtimeRoutes from '../../contract/routes/realtime.ts';
import * as streamRoutes from '../../contract/routes/streams.ts';
import * as workspaceRoutes from '../../contract/routes/workspaces.ts';
import { createToken } from '../../functions/auth/create-token.ts';
import { httpHandler, ok, on } from '../../functions/platform/http-handler.ts';
import { createTicket } from '../../functions/realtime/create-ticket.ts';
import { createStream } from '../../functions/streams/create-stream.ts';
import { deleteEvent } from '../../functions/streams/delete-event.ts';
import { editEvent } from '../../functions/streams/edit-event.ts';
import { listEvents } from '../../functions/streams/list-events.ts';
import { listStreams } from '../../functions/streams/list-streams.ts';
import { postEvent } from '../../functions/streams/post-event.ts';
import { readStream } from '../../functions/streams/read-stream.ts';
import { createProvider } from '../../functions/workspaces/create-provider.ts';
import { listProviders } from '../../functions/workspaces/list-providers.ts';
import { readWorkspace } from '../../functions/workspaces/read-workspace.ts';
import type { TestApp } from './app.ts';

export interface Response {
  status: number;
  headers: Record<string, string>;
  body: Record<string, unknown>;
}
export interface Request {
  method?: string;
  path: string;
  token?: string;
  query?: Record<string, string>;
  headers?: Record<string, string>;
  json?: unknown;
  /** Sent as it is, instead of `json`. */
  raw?: string;
  base64?: boolean;
}

/** The HTTP chain over a test app, entered with the events that API Gateway makes. */
export function httpOf(app: TestApp) {
  const handler = httpHandler(app, [
    on(authRoutes.createToken, async (input, caller) => ok(await createToken(app, caller, input))),
    on(workspaceRoutes.readWorkspace, async (_input, caller) => ok(await readWorkspace(app, caller))),
    on(workspaceRoutes.createProvider, async (input, caller) => ok(await createProvider(app, caller, input), { status: 201 })),
    on(workspaceRoutes.listProviders, async (input, caller) => ok(await listProviders(app, caller, input))),
    on(streamRoutes.createStream, async (input, caller) => {
      const { stream, repeated } = await createStream(app, caller, input);
      return ok(stream, { status: repeated ? 200 : 201 });
    }),
    on(streamRoutes.listStreams, async (input, caller) => ok(await listStreams(app, caller, input))),
    on(streamRoutes.readStream, async (input, caller) => ok(await readStream(app, caller, input))),
    on(streamRoutes.listEvents, async (input, caller) => ok(await listEvents(app, caller, input))),
    on(streamRoutes.postEvent, async (input, caller) => {
      const { event, repeated } = await postEvent(app, caller, input);
      return ok(event, { status: repeated ? 200 : 201, etag: event.changedSeq });
    }),
    on(streamRoutes.editEvent, async (input, caller) => ok(await editEvent(app, caller, input))),
    on(streamRoutes.deleteEvent, async (input, caller) => ok(await deleteEvent(app, caller, input))),
    on(realtimeRoutes.createTicket, async (_input, caller) =>
      ok(await createTicket({ ...app, realtimeUrl: 'wss://example.test/realtime' }, caller)),
    ),
  ]);
  return async ({ method = 'GET', path, token, query, headers, json, raw, base64 }: Request): Promise<Response> => {
    const body = raw ?? (json === undefined ? undefined : JSON.stringify(json));
    const event = {
      version: '2.0',
      rawPath: path,
      headers: {
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...headers,
      },
      queryStringParameters: query,
      rawQueryString: new URLSearchParams(query).toString(),
      requestContext: { http: { method, path }, requestId: 'gateway' },
      body,
      isBase64Encoded: base64 ?? false,
    } as unknown as APIGatewayProxyEventV2;
    const result: APIGatewayProxyStructuredResultV2 = await handler(event, { awsRequestId: 'r' } as never);
    return {
      status: result.statusCode ?? 0,
      headers: result.headers as Record<string, string>,
      body: result.body ? (JSON.parse(result.body) as Record<string, unknown>) : {},
    };
  };
}
