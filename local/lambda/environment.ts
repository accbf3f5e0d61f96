import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { Invocation } from '../types.ts';
import type { EnvironmentMessage, EnvironmentStart, FunctionError, InvokeMessage } from './protocol.ts';

const bootstrap = fileURLToPath(new URL('./bootstrap.ts', import.meta.url));

/** One execution environment: a worker thread with the bundle loaded and its own `process.env`. Serves one invocation at a time. */
export interface Environment {
  /** Resolves with the milliseconds that loading the bundle took, or with what loading it threw. */
  readonly ready: Promise<{ initMilliseconds: number } | { error: FunctionError }>;
  invoke(requestId: string, event: string, timeoutSeconds: number): Promise<Invocation>;
  /** Ends the thread at once, whatever it does; an invocation under way fails as if the runtime had exited. */
  kill(): Promise<void>;
}

export interface EnvironmentOptions extends EnvironmentStart {
  readonly env: Readonly<Record<string, string>>;
  onLine(line: string): void;
  /** The thread is gone, for whatever reason. Called once. */
  onEnd(): void;
}

interface Pending {
  readonly requestId: string;
  settle(result: Invocation): void;
}

/** Starts an execution environment; it loads its bundle at once. */
export function startEnvironment(options: EnvironmentOptions): Environment {
  const { modulePath, exportName, functionName, functionArn, memoryMegabytes } = options;
  const start: EnvironmentStart = { modulePath, exportName, functionName, functionArn, memoryMegabytes };
  const worker = new Worker(bootstrap, {
    workerData: start,
    env: { ...options.env },
    // A heap beyond the function's memory ends the thread, as it ends the sandbox in AWS.
    resourceLimits: { maxOldGenerationSizeMb: memoryMegabytes },
    execArgv: [],
    stdout: true,
    stderr: true,
  });
  for (const output of [worker.stdout, worker.stderr]) forwardLines(output, options.onLine);

  let pending: Pending | undefined;
  let failure: FunctionError | undefined;
  const ready = Promise.withResolvers<{ initMilliseconds: number } | { error: FunctionError }>();
  const finish = (result: Invocation): void => {
    const done = pending;
    pending = undefined;
    done?.settle(result);
  };

  worker.on('message', (message: EnvironmentMessage) => {
    if (message.kind === 'ready') ready.resolve({ initMilliseconds: message.initMilliseconds });
    else if (message.kind === 'init-failed') {
      ready.resolve({ error: message.error });
      void kill();
    } else if (message.requestId !== pending?.requestId) return;
    else if (message.kind === 'answered') finish({ ok: true, payload: JSON.parse(message.payload), milliseconds: 0 });
    else finish({ ok: false, error: message.error });
  });
  worker.on('error', (thrown) => {
    failure = crashOf(thrown);
  });
  worker.on('exit', (code) => {
    const error = failure ?? { errorType: 'Runtime.ExitError', errorMessage: `Error: Runtime exited with error: exit status ${code}` };
    ready.resolve({ error });
    const requestId = pending?.requestId;
    finish({
      ok: false,
      error: requestId === undefined ? error : { ...error, errorMessage: `RequestId: ${requestId} ${error.errorMessage}` },
    });
    options.onEnd();
  });

  const kill = async (): Promise<void> => void (await worker.terminate());
  return {
    ready: ready.promise,
    kill,
    invoke: (requestId, event, timeoutSeconds) =>
      new Promise<Invocation>((resolve) => {
        const from = performance.now();
        const timer = setTimeout(() => {
          finish({ ok: false, error: timedOut(requestId, timeoutSeconds) });
          void kill();
        }, timeoutSeconds * 1000);
        pending = {
          requestId,
          settle: (result) => {
            clearTimeout(timer);
            resolve(result.ok ? { ...result, milliseconds: performance.now() - from } : result);
          },
        };
        const message: InvokeMessage = { requestId, event, deadline: Date.now() + timeoutSeconds * 1000 };
        worker.postMessage(message);
      }),
  };
}

function timedOut(requestId: string, timeoutSeconds: number): FunctionError {
  return {
    errorType: 'Sandbox.Timedout',
    errorMessage: `RequestId: ${requestId} Error: Task timed out after ${timeoutSeconds.toFixed(2)} seconds`,
  };
}

function crashOf(thrown: unknown): FunctionError {
  const error = thrown as Error & { code?: string };
  if (error.code === 'ERR_WORKER_OUT_OF_MEMORY')
    return { errorType: 'Runtime.OutOfMemory', errorMessage: 'Error: Runtime ran out of memory' };
  return {
    errorType: 'Runtime.UnhandledError',
    errorMessage: `Error: ${error.name}: ${error.message}`,
    trace: error.stack?.split('\n') ?? [],
  };
}

function forwardLines(output: Readable, onLine: (line: string) => void): void {
  createInterface({ input: output, crlfDelay: Infinity }).on('line', (line) => {
    if (line !== '') onLine(line);
  });
}
