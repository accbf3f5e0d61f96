import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';
import { accessKeyOf, AwsError, close, denied, listen, readBody, type Input } from '../aws-endpoint.ts';
import type { AccessDecision } from '../types.ts';
import { dynaliteBackend, remoteBackend, request, type Answer, type Backend } from './backend.ts';
import { needsOf } from './permissions.ts';
import type { FromWorker, Question, ToWorker, WorkerOptions } from './protocol.ts';
import { createTables, sweepExpired } from './tables.ts';

const options = workerData as WorkerOptions;
const port = parentPort as NonNullable<typeof parentPort>;
const tell = (message: FromWorker) => port.postMessage(message);
const maxRequestBytes = 16 * 1024 * 1024;

const backend: Backend = options.endpoint === undefined ? dynaliteBackend(options.path) : remoteBackend(options.endpoint);

// dynalite throws unexpected errors out of callbacks. All calls in progress then fail with an error that the SDK retries.
process.on('uncaughtException', (error) => {
  tell({ kind: 'log', level: 'error', message: 'the emulated DynamoDB failed', fields: { error: error.stack ?? String(error) } });
  backend.failPending(error);
});

const decisions = new Map<string, Promise<AccessDecision>>();
const asked = new Map<number, (decision: AccessDecision) => void>();

/** Asks the main thread once for each question. Policies do not change while the runner runs. */
function check(question: Question): Promise<AccessDecision> {
  const key = `${question.accessKeyId} ${question.action} ${question.resource}`;
  let decision = decisions.get(key);
  if (!decision) {
    const id = decisions.size;
    decision = new Promise((resolve) => asked.set(id, resolve));
    decisions.set(key, decision);
    tell({ kind: 'ask', id, question });
  }
  return decision;
}

async function perform(incoming: IncomingMessage): Promise<Answer> {
  const bytes = await readBody(incoming, maxRequestBytes);
  if (bytes === undefined) throw new AwsError('RequestEntityTooLarge', 'The request is too large.', { status: 413 });
  const accessKeyId = accessKeyOf(incoming.headers.authorization);
  if (accessKeyId === undefined) throw new AwsError('MissingAuthenticationTokenException', 'Request is missing Authentication Token');
  const operation = String(incoming.headers['x-amz-target'] ?? '').replace(/^DynamoDB_\d+\./, '');
  const body = bytes.toString('utf8');
  const input = parse(body);
  for (const { action, resource } of needsOf(operation, input, options.account, options.tables)) {
    const decision = await check({ accessKeyId, action, resource });
    if (!decision.allowed) throw denied(decision, action, resource, 400);
  }
  const answer = await backend.call(operation, body);
  return answer.status === 400 && input.ReturnValuesOnConditionCheckFailure === 'ALL_OLD' ? withItem(answer, input) : answer;
}

function parse(body: string): Input {
  try {
    const input: unknown = JSON.parse(body);
    if (typeof input === 'object' && input !== null) return input as Input;
  } catch {
    // Handled below.
  }
  throw new AwsError('SerializationException', 'The request is not a JSON object.');
}

/**
 * Adds the item to a failed condition check: dynalite does not support ReturnValuesOnConditionCheckFailure, so the item is read after the
 * check.
 */
async function withItem(answer: Answer, input: Input): Promise<Answer> {
  const error = JSON.parse(answer.body);
  if (!String(error.__type).endsWith('#ConditionalCheckFailedException')) return answer;
  const table = options.tables.find(({ name }) => name === input.TableName);
  const source = (input.Key ?? input.Item) as Record<string, unknown>;
  if (!table) return answer;
  const Key = Object.fromEntries(table.keySchema.map(({ name }) => [name, source[name]]));
  const { Item } = await request<{ Item?: unknown }>(backend, 'GetItem', { TableName: table.name, Key, ConsistentRead: true });
  return { ...answer, body: JSON.stringify({ ...error, ...(Item === undefined ? {} : { Item }) }) };
}

function send(response: ServerResponse, { status, body }: Answer): void {
  const bytes = Buffer.from(body);
  response.writeHead(status, {
    'x-amzn-requestid': randomUUID(),
    'content-type': 'application/x-amz-json-1.0',
    'content-length': bytes.length,
  });
  response.end(bytes);
}

function failure(error: unknown): Answer {
  if (error instanceof AwsError) {
    const body = { __type: `com.amazon.coral.service#${error.code}`, message: error.message, Message: error.message };
    return { status: error.status, body: JSON.stringify(body) };
  }
  const body = { __type: 'com.amazonaws.dynamodb.v20120810#InternalServerError', message: String(error) };
  return { status: 500, body: JSON.stringify(body) };
}

const server = createServer((incoming, response) => {
  perform(incoming).then(
    (answer) => send(response, answer),
    (error: unknown) => send(response, failure(error)),
  );
});
server.keepAliveTimeout = 65_000;

let sweeping: Promise<number> | undefined;
const sweep = () =>
  (sweeping ??= sweepExpired(backend, options.tables, Math.floor(Date.now() / 1000)).finally(() => {
    sweeping = undefined;
  }));

async function start(): Promise<void> {
  await createTables(backend, options.tables);
  await listen(server, 0);
  const timer = setInterval(() => {
    sweep().catch((error: unknown) =>
      tell({ kind: 'log', level: 'warn', message: 'sweeping expired items failed', fields: { error: String(error) } }),
    );
  }, options.sweepMilliseconds);
  port.on('message', (message: ToWorker) => {
    if (message.kind === 'answer') asked.get(message.id)?.(message.decision);
    else if (message.kind === 'sweep')
      sweep().then(
        (count) => tell({ kind: 'swept', id: message.id, count }),
        () => tell({ kind: 'swept', id: message.id, count: 0 }),
      );
    else stop(timer).catch((error: unknown) => tell({ kind: 'failed', message: String(error) }));
  });
  tell({ kind: 'ready', url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
}

async function stop(timer: NodeJS.Timeout): Promise<void> {
  clearInterval(timer);
  await close(server);
  await sweeping?.catch(() => undefined);
  await backend.stop();
  tell({ kind: 'stopped' });
  port.close();
}

start().catch((error: unknown) => tell({ kind: 'failed', message: (error as Error).message ?? String(error) }));
