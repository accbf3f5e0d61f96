import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { createTestApp } from '../support/app.ts';
import type { TestApp } from '../support/app.ts';
import { httpOf } from '../support/http.ts';

/** The service on its own port, for programs outside of the test process. */
export interface TestServer {
  readonly app: TestApp;
  readonly baseUrl: string;
  /** Requests so far. */
  readonly requests: string[];
  /** Called before each request; its result, if any, is sent instead of the service's answer. */
  before: (path: string) => Promise<{ status: number; body: object } | undefined>;
  close(): Promise<void>;
}

export async function startTestServer(): Promise<TestServer> {
  const app = await createTestApp();
  const http = httpOf(app);
  const requests: string[] = [];
  const server = createServer((request, response) => {
    void (async () => {
      const url = new URL(request.url ?? '/', 'http://localhost');
      requests.push(`${request.method} ${url.pathname}`);
      const body = await text(request);
      const given = await running.before(url.pathname);
      const { authorization } = request.headers;
      const answer = given
        ? { status: given.status, body: given.body, headers: { 'content-type': 'application/problem+json' } }
        : await http({
            method: request.method ?? 'GET',
            path: url.pathname,
            query: Object.fromEntries(url.searchParams),
            ...(authorization !== undefined && { headers: { authorization } }),
            ...(body !== '' && { raw: body, headers: { authorization: authorization ?? '', 'content-type': 'application/json' } }),
          });
      response.writeHead(answer.status, answer.headers).end(JSON.stringify(answer.body));
    })();
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const running: TestServer = {
    app,
    requests,
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    before: async () => undefined,
    async close() {
      server.closeAllConnections();
      server.close();
      await app.test.drop();
    },
  };
  return running;
}

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly errors: string;
}

/** Runs the command line in a process. `onErrors` receives its stderr as it arrives, and may send it a signal. */
export async function runStreambed(
  args: readonly string[],
  options: { env?: Record<string, string>; cwd?: string; onErrors?: (said: string, stop: (signal: NodeJS.Signals) => void) => void } = {},
): Promise<Ended> {
  const entry = path.resolve(import.meta.dirname, '../../cli/streambed.ts');
  const child = spawn(process.execPath, [entry, ...args], { cwd: options.cwd, env: { PATH: process.env['PATH'], ...options.env } });
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk.toString();
    options.onErrors?.(errors, (signal) => child.kill(signal));
  });
  const out = text(child.stdout);
  const code = await new Promise<number | null>((resolve) => {
    child.on('close', resolve);
  });
  return { code, out: await out, errors };
}
