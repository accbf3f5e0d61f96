import { expect } from '@jest/globals';
import { Problem } from '../../contract/errors.ts';
import type { StreamEvent } from '../../contract/event.ts';
import type { Stream } from '../../contract/stream.ts';
import { aWorkspace, createTestApp } from './app.ts';
import type { TestApp } from './app.ts';
import { httpOf } from './http.ts';
import type { Request, Response } from './http.ts';

/** A workspace with its owner, a channel and a message. */
export interface Tenant {
  workspaceId: string;
  apiKey: string;
  token: string;
  stream: Stream;
  event: StreamEvent;
  paths: Record<'workspace' | 'streams' | 'providers' | 'stream' | 'events' | 'event', string>;
}

export interface Service {
  readonly app: TestApp;
  readonly http: (request: Request) => Promise<Response>;
  aTenant(): Promise<Tenant>;
  /** Expects a problem with this code, without internal details and without stored data. */
  expectProblem(request: Request, code: string, path?: string): Promise<Response>;
}

export async function createService(): Promise<Service> {
  const app = await createTestApp();
  const http = httpOf(app);
  const stored = async () => {
    const { rows } = await app.test.owner.query(
      'select (select sum(last_seq) from streams) as seq, (select count(*) from streams) as n, (select count(*) from providers) as p',
    );
    return rows as unknown[];
  };
  return {
    app,
    http,
    async aTenant() {
      const { workspaceId, apiKey } = await aWorkspace(app);
      const minted = await http({ method: 'POST', path: '/v1/tokens', token: apiKey, json: { userId: 'ada', name: 'Ada', role: 'owner' } });
      const token = minted.body.token as string;
      const workspace = `/v1/workspaces/${workspaceId}`;
      const streams = `${workspace}/streams`;
      const stream = (await http({ method: 'POST', path: streams, token, json: { streamType: 'channel', name: 'General' } }))
        .body as unknown as Stream;
      const events = `${streams}/${stream.id}/events`;
      const event = (await http({ method: 'POST', path: events, token, json: { text: 'hello' } })).body as unknown as StreamEvent;
      const paths = {
        workspace,
        streams,
        providers: `${workspace}/providers`,
        stream: `${streams}/${stream.id}`,
        events,
        event: `${events}/${event.id}`,
      };
      return { workspaceId, apiKey, token, stream, event, paths };
    },
    async expectProblem(request, code, path) {
      const before = await stored();
      const response = await http(request);
      const problem = Problem.parse(response.body);
      expect([problem.code, response.status]).toEqual([code, problem.status]);
      expect(response.headers['content-type']).toBe('application/problem+json');
      expect(response.headers['x-request-id']).toBe(problem.requestId);
      expect(JSON.stringify(problem)).not.toMatch(/select |insert |\.ts:|node_modules|relation/i);
      if (path !== undefined) expect(problem.errors?.map((error) => error.path)).toContain(path);
      expect(await stored()).toEqual(before);
      return response;
    },
  };
}
