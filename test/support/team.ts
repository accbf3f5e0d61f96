import { expect } from '@jest/globals';
import { keyScopes } from '../../contract/api-key.ts';
import type { Bootstrap } from '../../contract/bootstrap.ts';
import type { StreamEvent } from '../../contract/event.ts';
import type { Notification } from '../../contract/notification.ts';
import type { ReadState, Stream } from '../../contract/stream.ts';
import { createToken } from '../../functions/auth/create-token.ts';
import type { WorkspaceRole } from '../../contract/workspace.ts';
import { UserId } from '../../contract/ids.ts';
import { aWorkspace } from './app.ts';
import type { TestApp } from './app.ts';
import { httpOf } from './http.ts';
import type { Objects } from '../../functions/files/objects.ts';
import type { Response } from './http.ts';

/** A member of a workspace, over HTTP. Each call expects success; `refused` expects a problem and returns its code. */
export interface Teammate {
  readonly id: string;
  readonly token: string;
  call(method: string, path: string, json?: unknown, query?: Record<string, string>): Promise<Response>;
  refused(method: string, path: string, json?: unknown): Promise<string>;
  channel(name: string, more?: object): Promise<Stream>;
  dm(...others: string[]): Promise<Stream>;
  say(stream: { id: string }, text: string, more?: object): Promise<StreamEvent>;
  thread(stream: { id: string }, event: { id: string }): Promise<Stream>;
  stream(stream: { id: string }): Promise<Stream>;
  events(stream: { id: string }): Promise<StreamEvent[]>;
  read(stream: { id: string }, seq?: number): Promise<ReadState>;
  bootstrap(): Promise<Bootstrap>;
  activity(): Promise<Notification[]>;
}

export interface Team {
  readonly workspaceId: string;
  readonly apiKey: string;
  join(id: string, role?: WorkspaceRole): Promise<Teammate>;
}

/** Creates a workspace with members. Paths are below `/v1/workspaces/{workspaceId}`. */
export async function createTeam(app: TestApp, objects?: Objects): Promise<Team> {
  const http = httpOf(app, objects);
  const { workspaceId, apiKey } = await aWorkspace(app);
  return {
    workspaceId,
    apiKey,
    async join(id, role = 'member') {
      const by = { kind: 'apiKey', workspaceId, keyId: 'test', scopes: keyScopes } as const;
      const expiresInSeconds = 2_592_000;
      const { token } = await createToken(app, by, { userId: UserId.parse(id), name: id.toUpperCase(), role, expiresInSeconds });
      const send = (method: string, path: string, json?: unknown, query?: Record<string, string>) =>
        http({ method, path: `/v1/workspaces/${workspaceId}${path}`, token, ...(json !== undefined && { json }), ...(query && { query }) });
      const call: Teammate['call'] = async (method, path, json, query) => {
        const response = await send(method, path, json, query);
        if (response.status >= 300)
          throw new Error(`${id}: ${method} ${path} answered ${response.status} ${JSON.stringify(response.body)}`);
        return response;
      };
      const body = async <Body>(answer: Promise<Response>): Promise<Body> => (await answer).body as Body;
      return {
        id,
        token,
        call,
        async refused(method, path, json) {
          const response = await send(method, path, json);
          expect(response.status).toBeGreaterThanOrEqual(400);
          expect(response.status).toBeLessThan(500);
          return response.body.code as string;
        },
        channel: (name, more) => body(call('POST', '/streams', { streamType: 'channel', name, ...more })),
        dm: (...memberIds) => body(call('POST', '/streams', { streamType: 'dm', memberIds })),
        say: (stream, text, more) => body(call('POST', `/streams/${stream.id}/events`, { text, ...more })),
        thread: (stream, event) => body(call('POST', `/streams/${stream.id}/thread`, { eventId: event.id })),
        stream: (stream) => body(call('GET', `/streams/${stream.id}`)),
        events: async (stream) => (await body<{ items: StreamEvent[] }>(call('GET', `/streams/${stream.id}/events`))).items,
        read: (stream, seq) => body(call('POST', `/streams/${stream.id}/read`, seq === undefined ? {} : { seq })),
        bootstrap: () => body(call('GET', '/bootstrap')),
        activity: async () => (await body<{ items: Notification[] }>(call('GET', '/notifications'))).items,
      };
    },
  };
}
