import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Access, AccessDecision, Log } from './types.ts';

/** An error as the services answer it: `code` is the name that the SDK gives to it. */
export class AwsError extends Error {
  readonly code: string;
  readonly status: number;
  /** The code in the services' older Query protocol, where it is another one: the SDK reads it too. */
  readonly queryCode: string;

  constructor(code: string, message: string, { status = 400, queryCode = code }: { status?: number; queryCode?: string } = {}) {
    super(message);
    this.code = code;
    this.status = status;
    this.queryCode = queryCode;
  }
}

/** Who calls, and a signal that fires when the caller has gone. */
export interface Call {
  readonly accessKeyId: string;
  readonly gone: AbortSignal;
}

export type Input = Readonly<Record<string, unknown>>;

/** One operation: what permission it needs, and what it does. */
export interface Operation {
  permission(input: Input): { action: string; resource: string };
  run(input: Input, call: Call): unknown;
}

/** A service that speaks one of the AWS JSON protocols. */
export interface JsonService {
  /** Of `x-amz-target`: `AmazonSQS` in `AmazonSQS.SendMessage`. */
  readonly targetPrefix: string;
  readonly jsonVersion: '1.0' | '1.1';
  /** How its errors differ in form from service to service. */
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

/** Starts the loopback server of the services that speak JSON. Signatures are not verified: it listens to this machine only. */
export async function startAwsEndpoint({ access, log, port = 0 }: { access: Access; log: Log; port?: number }): Promise<AwsEndpoint> {
  const services = new Map<string, JsonService>();
  const check = rememberDecisions(access);
  const server = createServer((request, response) => {
    answer(services, check, request, response).catch((error: unknown) => {
      // The caller left before its request was whole: nobody to answer.
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
    // answered below, like JSON that is not an object
  }
  throw new AwsError('SerializationException', 'The request is not a JSON object.');
}

/** The error of a refused call, in IAM's words. */
export function denied(decision: AccessDecision & { allowed: false }, action: string, resource: string, status: number): AwsError {
  const message = `User: ${decision.principal} is not authorized to perform: ${action} on resource: ${resource} because ${decision.reason}`;
  return new AwsError('AccessDeniedException', message, { status, queryCode: 'AccessDenied' });
}

/** Reads the access key id out of a SigV4 `Authorization` header. */
export function accessKeyOf(authorization: string | undefined): string | undefined {
  return authorization === undefined ? undefined : /^AWS4-[A-Z0-9-]+ .*?Credential=([^/,\s]+)\//.exec(authorization)?.[1];
}

/** The policies do not change while the runner runs, so that each question is asked once. */
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

/** Reads a request's body whole; undefined when it is larger than it may be (the rest is read and dropped). */
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

/** Stops listening and cuts what is still open. */
export function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
