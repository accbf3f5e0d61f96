import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import type { EnvironmentMessage, EnvironmentStart, FunctionError, InvokeMessage } from './protocol.ts';

// Code inside one execution environment: loads the bundle, then handles one event at a time. Runs in its own thread.

type Handler = (event: unknown, context: object) => unknown;

const start = workerData as EnvironmentStart;
const port = parentPort;
if (port === null) throw new Error('bootstrap.ts is the entry of a worker thread');
const send = (message: EnvironmentMessage): void => port.postMessage(message);

function describe(thrown: unknown): FunctionError {
  if (!(thrown instanceof Error)) return { errorType: typeof thrown, errorMessage: String(thrown) };
  return { errorType: thrown.name, errorMessage: thrown.message, trace: thrown.stack?.split('\n') ?? [] };
}

function contextOf(message: InvokeMessage): object {
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName: start.functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: start.functionArn,
    memoryLimitInMB: String(start.memoryMegabytes),
    awsRequestId: message.requestId,
    logGroupName: process.env['AWS_LAMBDA_LOG_GROUP_NAME'],
    logStreamName: process.env['AWS_LAMBDA_LOG_STREAM_NAME'],
    getRemainingTimeInMillis: () => Math.max(0, message.deadline - Date.now()),
  };
}

async function loadHandler(): Promise<Handler> {
  const module = (await import(pathToFileURL(start.modulePath).href)) as Record<string, unknown>;
  const handler = module[start.exportName];
  if (typeof handler !== 'function') throw new Error(`${start.modulePath} does not export a function named ${start.exportName}`);
  return handler as Handler;
}

async function answer(handler: Handler, message: InvokeMessage): Promise<void> {
  const { requestId } = message;
  try {
    const payload = await handler(JSON.parse(message.event), contextOf(message));
    send({ kind: 'answered', requestId, payload: JSON.stringify(payload) ?? 'null' });
  } catch (thrown) {
    send({ kind: 'threw', requestId, error: describe(thrown) });
  }
}

try {
  const from = performance.now();
  const handler = await loadHandler();
  port.on('message', (message: InvokeMessage) => void answer(handler, message));
  send({ kind: 'ready', initMilliseconds: performance.now() - from });
} catch (thrown) {
  send({ kind: 'init-failed', error: describe(thrown) });
}
