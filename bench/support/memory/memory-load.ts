import { Agent, request } from 'node:http';
import type { Demo } from '../../../local/demo/demo.ts';

const agent = new Agent({ keepAlive: true, maxSockets: 64 });

/** A message that the server has stored. */
export interface Posted {
  readonly streamId: string;
  readonly seq: number;
  /** Time of the answer by `performance.now()`. */
  readonly answeredAt: number;
  readonly milliseconds: number;
}

/** Posts a message over HTTP; resolves with the answer's time. */
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

/** Calls `send` at a fixed rate without waiting for answers; resolves when all are answered. */
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
