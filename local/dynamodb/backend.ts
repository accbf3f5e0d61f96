import { EventEmitter } from 'node:events';
import dynalite from 'dynalite';
import type { Input } from '../aws-endpoint.ts';

export interface Answer {
  readonly status: number;
  /** JSON text. */
  readonly body: string;
}

/** Storage of the items: executes an operation by name with its input as JSON text. */
export interface Backend {
  call(operation: string, body: string): Promise<Answer>;
  /** Fails all calls in progress, for errors that no single call can be blamed for. */
  failPending(error: Error): void;
  stop(): Promise<void>;
}

/** Credentials that emulators accept. One pair for all callers, because some emulators keep a database for each access key. */
const authorization =
  'AWS4-HMAC-SHA256 Credential=streambed/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host;x-amz-date;x-amz-target, Signature=0';
const headersOf = (operation: string): Record<string, string> => ({
  'content-type': 'application/x-amz-json-1.0',
  'x-amz-target': `DynamoDB_20120810.${operation}`,
  'x-amz-date': new Date().toISOString().replace(/[-:]|\.\d+/g, ''),
  authorization,
});

/** dynalite, called in process without a socket. */
export function dynaliteBackend(path: string | undefined): Backend {
  const server = dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0, ...(path === undefined ? {} : { path }) });
  const pending = new Set<(error: Error) => void>();
  const call = (operation: string, body: string) =>
    new Promise<Answer>((resolve, reject) => {
      pending.add(reject);
      const request = Object.assign(new EventEmitter(), { method: 'POST', url: '/', headers: headersOf(operation) });
      const response = {
        statusCode: 200,
        setHeader: () => {},
        end: (text = '') => {
          pending.delete(reject);
          resolve({ status: response.statusCode, body: text });
        },
      };
      server.emit('request', request, response);
      request.emit('data', Buffer.from(body));
      request.emit('end');
    });
  return {
    call,
    failPending: (error) => {
      for (const reject of pending) reject(error);
      pending.clear();
    },
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** Another server with DynamoDB's protocol that does not verify signatures. */
export function remoteBackend(endpoint: string): Backend {
  return {
    call: async (operation, body) => {
      const response = await fetch(endpoint, { method: 'POST', headers: headersOf(operation), body });
      return { status: response.status, body: await response.text() };
    },
    failPending: () => {},
    stop: async () => {},
  };
}

/** Calls an operation and parses its answer. Throws an error with the backend's code as `name`. */
export async function request<Output>(backend: Backend, operation: string, input: Input): Promise<Output> {
  const { status, body } = await backend.call(operation, JSON.stringify(input));
  const output = JSON.parse(body === '' ? '{}' : body);
  if (status === 200) return output as Output;
  const error = new Error(output.message ?? output.Message ?? body);
  error.name = String(output.__type ?? status).replace(/^.*#/, '');
  throw error;
}
