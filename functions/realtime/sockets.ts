import * as http from 'node:http';
import * as https from 'node:https';
import { credentials, setting } from '../platform/config.ts';
import { systemClock } from '../platform/clock.ts';
import type { Clock } from '../platform/clock.ts';
import { hashOf, signRequest } from './sign-request.ts';
import type { Signer } from './sign-request.ts';

/** Outcome of a post: taken; socket gone; or slow, when the reader does not keep up. */
export type PostOutcome = 'taken' | 'gone' | 'slow';

/** A frame, hashed once for all its sockets. */
export interface Frame {
  readonly bytes: Uint8Array;
  readonly hash: string;
}
export function frameOf(bytes: Uint8Array): Frame {
  return { bytes, hash: hashOf(bytes) };
}

/** Client of API Gateway's @connections. Other outcomes than taken, gone and slow throw after a few tries. */
export interface Sockets {
  post(connectionId: string, frame: Frame): Promise<PostOutcome>;
  close(connectionId: string): Promise<void>;
}

const maxTries = 4;
const patienceMilliseconds = 5_000;

export function openSockets(): Sockets {
  // The callback address of a WebSocket API is its own address over HTTP.
  return createSockets(setting('realtimeUrl').replace(/^ws/, 'http'), { ...credentials(), service: 'execute-api' }, systemClock);
}

/**
 * Creates a client that calls the callback address directly. A fan-out is thousands of these requests, and the SDK's client needs four
 * times the processor time for each.
 */
export function createSockets(endpoint: string, signer: Signer, clock: Clock): Sockets {
  const { protocol, hostname, port, host, pathname } = new URL(endpoint);
  const { request, Agent } = protocol === 'https:' ? https : http;
  const agent = new Agent({ keepAlive: true, maxSockets: 256 });
  const empty = frameOf(new Uint8Array());

  const send = (method: 'POST' | 'DELETE', connectionId: string, { bytes, hash }: Frame): Promise<number> =>
    new Promise((resolve, reject) => {
      const path = `${pathname}/@connections/${encodeURIComponent(connectionId)}`;
      const headers = { ...signRequest(signer, { method, host, path, bodyHash: hash }, clock.now()), 'content-length': bytes.length };
      const sent = request({ protocol, hostname, port, path, method, headers, agent, timeout: patienceMilliseconds }, (response) => {
        response.resume();
        response.once('error', reject).once('end', () => resolve(response.statusCode ?? 0));
      });
      sent.once('timeout', () => sent.destroy(Object.assign(new Error('The callback address did not answer'), { code: 'ETIMEDOUT' })));
      sent.once('error', reject);
      sent.end(bytes);
    });

  return {
    async post(connectionId, frame) {
      for (let attempt = 1; ; attempt++) {
        const status = await send('POST', connectionId, frame).catch((error: unknown) => error);
        // 400: the id is malformed, so no connection has it.
        if (status === 410 || status === 400) return 'gone';
        if (status === 200) return 'taken';
        if (attempt === maxTries) {
          if (status === 429) return 'slow';
          throw status instanceof Error ? status : new Error(`The callback address answered ${String(status)}`);
        }
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 50 * 2 ** attempt));
      }
    },
    async close(connectionId) {
      const status = await send('DELETE', connectionId, empty);
      if (![200, 204, 400, 410].includes(status)) throw new Error(`The callback address answered ${status}`);
    },
  };
}
