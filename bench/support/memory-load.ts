import { fork } from 'node:child_process';
import { Agent, request } from 'node:http';
import type { Demo } from '../../local/demo.ts';

/** The app on the local runner, with nothing kept. */
export interface MemoryApp {
  readonly demo: Demo;
  /** Sees all of its database. */
  readonly databaseDsn: string;
  /** Milliseconds of processor time that the app has taken so far, the database not counted. */
  processorMs(): Promise<number>;
  stop(): Promise<void>;
}

export async function startMemoryApp(): Promise<MemoryApp> {
  const child = fork(new URL('memory-app-process.ts', import.meta.url), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const demo = await new Promise<Demo & { databaseDsn: string }>((resolve, reject) => {
    child.once('message', (message) => resolve(message as Demo & { databaseDsn: string }));
    child.once('exit', (code) => reject(new Error(`The app ended with ${code}`)));
  });
  return {
    demo,
    databaseDsn: demo.databaseDsn,
    async processorMs() {
      const answer = new Promise<NodeJS.CpuUsage>((resolve) => child.once('message', (message) => resolve(message as NodeJS.CpuUsage)));
      child.send('processor');
      const { user, system } = await answer;
      return (user + system) / 1_000;
    },
    async stop() {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.disconnect();
      await gone;
    },
  };
}

const agent = new Agent({ keepAlive: true, maxSockets: 64 });

/** A message that was stored. */
export interface Posted {
  readonly streamId: string;
  readonly seq: number;
  /** By `performance.now()`. */
  readonly answeredAt: number;
  readonly milliseconds: number;
}

/** Posts a message over HTTP; resolves when it was answered. */
export function post({ baseUrl, workspaceId }: Demo, token: string, streamId: string, text: string): Promise<Posted> {
  const startedAt = performance.now();
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
    const url = `${baseUrl}/v1/workspaces/${workspaceId}/streams/${streamId}/events`;
    const sent = request(url, { method: 'POST', agent, headers }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
      response.on('end', () => {
        const answeredAt = performance.now();
        if (response.statusCode !== 201) return reject(new Error(`The post was answered ${response.statusCode}: ${body}`));
        const { seq } = JSON.parse(body) as { seq: number };
        resolve({ streamId, seq, answeredAt, milliseconds: answeredAt - startedAt });
      });
    });
    sent.on('error', reject);
    sent.end(JSON.stringify({ text }));
  });
}

/** Calls `send` so often a second, whether it has been answered or not; resolves when all are answered. */
export async function atRate<Answer>(perSecond: number, count: number, send: (n: number) => Promise<Answer>): Promise<Answer[]> {
  const startedAt = performance.now();
  const sent: Promise<Answer>[] = [];
  for (let n = 0; n < count; n++) {
    const waitMs = startedAt + (n * 1_000) / perSecond - performance.now();
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
    sent.push(send(n));
  }
  return Promise.all(sent);
}
