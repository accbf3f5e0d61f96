import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import * as authRoutes from '../../contract/routes/auth.ts';
import { createToken } from '../../functions/auth/create-token.ts';
import { createDraftBudget } from '../../functions/epochs/related/draft-budget.ts';
import { createKnowledge } from '../../functions/epochs/learning/knowledge.ts';
import { epochTable } from '../../functions/epochs/table.ts';
import type { Objects } from '../../functions/files/objects.ts';
import { fileTable } from '../../functions/files/table.ts';
import { kitTable } from '../../functions/kit/table.ts';
import { notificationTable } from '../../functions/notifications/table.ts';
import { httpHandler, ok, on } from '../../functions/platform/http-handler.ts';
import { ticketTable } from '../../functions/realtime/table.ts';
import { eventTable, searchTable, streamTable } from '../../functions/streams/table.ts';
import { retentionTable } from '../../functions/retention/table.ts';
import { transferTable } from '../../functions/transfer/table.ts';
import { workspaceTable } from '../../functions/workspaces/table.ts';
import type { TestApp } from './app.ts';
import { createSignedObjects } from './objects.ts';

/** Reads JSON; a page stands in `html`. */
function readBody({ body, headers }: APIGatewayProxyStructuredResultV2): Record<string, unknown> {
  if (!body) return {};
  return String(headers?.['content-type']).includes('html') ? { html: body } : (JSON.parse(body) as Record<string, unknown>);
}

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
  /** Raw body, instead of `json`. */
  raw?: string;
  base64?: boolean;
}

/** The HTTP chain over a test app, called with API Gateway's events. By default, addresses of files lead nowhere. */
export function httpOf(app: TestApp, objects: Objects = createSignedObjects(app.clock)) {
  const handler = httpHandler(app, [
    on(authRoutes.createToken, async (input, caller) => ok(await createToken(app, caller, input))),
    ...workspaceTable(app),
    ...streamTable(app),
    ...eventTable(app),
    ...searchTable({ ...app, db: app.test.open('search') }),
    ...notificationTable(app),
    ...kitTable({ ...app, ...app.kit }),
    ...epochTable({ ...app, knowledge: createKnowledge(), draftBudget: createDraftBudget(app) }),
    ...fileTable({ ...app, objects }),
    ...retentionTable(app),
    ...transferTable(app),
    ...ticketTable({ ...app, realtimeUrl: 'wss://example.test/realtime' }),
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
      body: readBody(result),
    };
  };
}
