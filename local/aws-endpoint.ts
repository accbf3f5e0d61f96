import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Access, AccessDecision, Log } from './types.ts';

/** An error of an AWS service. `code` is the name of the SDK's error. */
export class AwsError extends Error {
  readonly code: string;
  readonly status: number;
  /** Code of the older Query protocol, when it differs. The SDK reads it too. */
  readonly queryCode: string;

  constructor(code: string, message: string, { status = 400, queryCode = code }: { status?: number; queryCode?: string } = {}) {
    super(message);
    this.code = code;
    this.status = status;
    this.queryCode = queryCode;
  }
}

/** The caller of an operation, and a signal that aborts when the caller disconnects. */
export interface Call {
  readonly accessKeyId: string;
  readonly gone: AbortSignal;
}

export type Input = Readonly<Record<string, unknown>>;

/** One operation: the permissions that it needs, and its implementation. */
export interface Operation {
  permission(input: Input): { action: string; resource: string };
  run(input: Input, call: Call): unknown;
}

/** A service with one of the AWS JSON protocols. */
export interface JsonService {
  /** Prefix in `x-amz-target`: `AmazonSQS` in `AmazonSQS.SendMessage`. */
  readonly targetPrefix: string;
  readonly jsonVersion: '1.0' | '1.1';
  /** Differences between services in the form of errors. */
  readonly errors: { readonly namespace: string; readonly queryCompatible: boolean; readonly deniedStatus: number };
  readonly operations: Readonly<Record<string, Operation>>;
}

export interface AwsEndpoint {
  /** Value of `AWS_ENDPOINT_URL_*`. */
  readonly url: string;
  serve(service: JsonService): void;
  stop(): Promise<void>;
}

const maxRequestBytes = 16 * 1024 * 1024;

/** Starts the loopback server of the services with JSON protocols. It does not verify signatures, because only this machine can connect. */
export async function startAwsEndpoint({ access, log, port = 0 }: { access: Access; log: Log; port?: number }): Promise<AwsEndpoint> {
  const services = new Map<string, JsonService>();
  const check = rememberDecisions(access);
  const server = createServer((request, response) => {
    answer(services, check, request, response).catch((error: unknown) => {
      // The caller left before its request was complete.
      if (request.destroyed && !request.complete) return;
      log('error', 'emulated AWS service failed', {
        target: request.headers['x-amz-target'],
        error: String((error as Error).stack ?? error),
      });
      if (!response.headersSent) response.writeHead(500, { 'content-type': 'application/json' });
      response.end('{"__type":"InternalFailure","message":"The emulated service failed; see the log of the runner."}');
    });
  });
  server.keepAliveTimeout = 65_000;
  await listen(server, port);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    serve: (service) => void services.set(service.targetPrefix, service),
    stop: () => close(server),
  };
}

async function answer(
  services: Map<string, JsonService>,
  check: Access['check'],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await readBody(request, maxRequestBytes);
  const [prefix = '', name = ''] = String(request.headers['x-amz-target'] ?? '').split('.');
  const service = services.get(prefix);
  if (!service) return send(response, '1.0', 400, { __type: 'com.amazon.coral.service#UnknownOperationException' });
  try {
    const result = await perform(service, check, name, body, request, response);
    send(response, service.jsonVersion, 200, result ?? {});
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    sendError(response, service, error);
  }
}

async function perform(
  service: JsonService,
  check: Access['check'],
  name: string,
  body: Buffer | undefined,
  request: IncomingMessage,
  response: ServerResponse,
) {
  if (body === undefined) throw new AwsError('RequestEntityTooLarge', 'The request is too large.', { status: 413 });
  const operation = Object.hasOwn(service.operations, name) ? service.operations[name] : undefined;
  if (!operation) throw new AwsError('UnknownOperationException', `The operation ${name} is not emulated.`);
  const accessKeyId = accessKeyOf(request.headers.authorization);
  if (accessKeyId === undefined)
    throw new AwsError('MissingAuthenticationTokenException', 'Request is missing Authentication Token', { status: 403 });
  const input = parse(body);
  const { action, resource } = operation.permission(input);
  const decision = check(accessKeyId, action, resource);
  if (!decision.allowed) throw denied(decision, action, resource, service.errors.deniedStatus);
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  return operation.run(input, { accessKeyId, gone: gone.signal });
}

function parse(body: Buffer): Input {
  try {
    const input: unknown = JSON.parse(body.length === 0 ? '{}' : body.toString('utf8'));
    if (typeof input === 'object' && input !== null && !Array.isArray(input)) return input as Input;
  } catch {
    // Handled below, like JSON that is not an object.
  }
  throw new AwsError('SerializationException', 'The request is not a JSON object.');
}

/** Builds the error of a refused call, in IAM's words. */
export function denied(decision: AccessDecision & { allowed: false }, action: string, resource: string, status: number): AwsError {
  const message = `User: ${decision.principal} is not authorized to perform: ${action} on resource: ${resource} because ${decision.reason}`;
  return new AwsError('AccessDeniedException', message, { status, queryCode: 'AccessDenied' });
}

/** Access key id of a SigV4 `Authorization` header. */
export function accessKeyOf(authorization: string | undefined): string | undefined {
  return authorization === undefined ? undefined : /^AWS4-[A-Z0-9-]+ .*?Credential=([^/,\s]+)\//.exec(authorization)?.[1];
}

/** Caches permission decisions. Policies do not change while the runner runs. */
export function rememberDecisions(access: Access): Access['check'] {
  const decisions = new Map<string, AccessDecision>();
  return (accessKeyId, action, resource) => {
    const question = `${accessKeyId} ${action} ${resource}`;
    let decision = decisions.get(question);
    if (!decision) {
      decision = access.check(accessKeyId, action, resource);
      decisions.set(question, decision);
    }
    return decision;
  };
}

/** Reads a request's body; undefined when it is larger than `maxBytes`, whose rest is read and dropped. */
export function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= maxBytes) chunks.push(chunk);
      else chunks.length = 0;
    });
    request.once('end', () => resolve(bytes > maxBytes ? undefined : chunks.length === 1 ? chunks[0] : Buffer.concat(chunks)));
    request.once('error', reject);
  });
}

function send(response: ServerResponse, jsonVersion: string, status: number, body: unknown, headers: Record<string, string> = {}): void {
  const bytes = Buffer.from(JSON.stringify(body));
  const common = {
    'x-amzn-RequestId': randomUUID(),
    'content-type': `application/x-amz-json-${jsonVersion}`,
    'content-length': bytes.length,
  };
  response.writeHead(status, { ...common, ...headers });
  response.end(bytes);
}

function sendError(response: ServerResponse, service: JsonService, error: AwsError): void {
  const { namespace, queryCompatible } = service.errors;
  const sender = error.status < 500 ? 'Sender' : 'Receiver';
  const headers: Record<string, string> = queryCompatible ? { 'x-amzn-query-error': `${error.queryCode};${sender}` } : {};
  send(
    response,
    service.jsonVersion,
    error.status,
    { __type: `${namespace}${error.code}`, message: error.message, Message: error.message },
    headers,
  );
}

/** Listens on loopback; rejects when the port is taken. */
export function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
}

/** Closes the server and cuts open connections. */
export function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
