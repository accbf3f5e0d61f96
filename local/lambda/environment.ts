import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { Invocation } from '../types.ts';
import type { EnvironmentMessage, EnvironmentStart, FunctionError, InvokeMessage } from './protocol.ts';

const bootstrap = fileURLToPath(new URL('./bootstrap.ts', import.meta.url));

/** One execution environment: a worker thread with the bundle loaded and its own `process.env`. Serves one invocation at a time. */
export interface Environment {
  /** Resolves with the milliseconds of loading the bundle, or with the error that loading threw. */
  readonly ready: Promise<{ initMilliseconds: number } | { error: FunctionError }>;
  invoke(requestId: string, event: string, timeoutSeconds: number): Promise<Invocation>;
  /** Ends the thread at once. An invocation in progress fails as if the runtime had exited. */
  kill(): Promise<void>;
}

export interface EnvironmentOptions extends EnvironmentStart {
  readonly env: Readonly<Record<string, string>>;
  readonly onLine: (line: string) => void;
  /** Called once when the thread has ended, for any reason. */
  onEnd(): void;
}

interface Pending {
  readonly requestId: string;
  settle(result: Invocation): void;
}

/** Starts an execution environment, which loads its bundle at once. */
export function startEnvironment(options: EnvironmentOptions): Environment {
  return new Thread(options);
}

class Thread implements Environment {
  readonly ready: Environment['ready'];
  readonly #worker: Worker;
  #pending: Pending | undefined;
  #failure: FunctionError | undefined;

  constructor(options: EnvironmentOptions) {
    const { promise, resolve } = Promise.withResolvers<Awaited<Environment['ready']>>();
    this.ready = promise;
    this.#worker = startWorker(options);
    this.#worker.on('message', (message: EnvironmentMessage) => {
      if (message.kind === 'ready') resolve({ initMilliseconds: message.initMilliseconds });
      else if (message.kind === 'init-failed') {
        resolve({ error: message.error });
        void this.kill();
      } else this.#answered(message);
    });
    this.#worker.on('error', (thrown) => (this.#failure = crashOf(thrown)));
    this.#worker.on('exit', (code) => {
      resolve({ error: this.#ended(code) });
      options.onEnd();
    });
  }

  invoke(requestId: string, event: string, timeoutSeconds: number): Promise<Invocation> {
    return new Promise((resolve) => {
      const from = performance.now();
      const timer = setTimeout(() => {
        this.#finish({ ok: false, error: timedOut(requestId, timeoutSeconds) });
        void this.kill();
      }, timeoutSeconds * 1000);
      const settle = (result: Invocation): void => {
        clearTimeout(timer);
        resolve(result.ok ? { ...result, milliseconds: performance.now() - from } : result);
      };
      this.#pending = { requestId, settle };
      const message: InvokeMessage = { requestId, event, deadline: Date.now() + timeoutSeconds * 1000 };
      this.#worker.postMessage(message);
    });
  }

  async kill(): Promise<void> {
    await this.#worker.terminate();
  }

  #answered(message: EnvironmentMessage & { kind: 'answered' | 'threw' }): void {
    if (message.requestId !== this.#pending?.requestId) return;
    this.#finish(message.kind === 'answered' ? answerOf(message.payload) : { ok: false, error: message.error });
  }

  #ended(code: number): FunctionError {
    const error = this.#failure ?? {
      errorType: 'Runtime.ExitError',
      errorMessage: `Error: Runtime exited with error: exit status ${code}`,
    };
    const requestId = this.#pending?.requestId;
    this.#finish({ ok: false, error: { ...error, errorMessage: `RequestId: ${requestId} ${error.errorMessage}` } });
    return error;
  }

  #finish(result: Invocation): void {
    const pending = this.#pending;
    this.#pending = undefined;
    pending?.settle(result);
  }
}

function startWorker(options: EnvironmentOptions): Worker {
  const { modulePath, exportName, functionName, functionArn, memoryMegabytes, onLine } = options;
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
  for (const output of [worker.stdout, worker.stderr]) forwardLines(output, onLine);
  return worker;
}

/** Lambda's limit for a function's return value. */
const maxPayloadBytes = 6_291_556;

function answerOf(payload: string): Invocation {
  if (payload.length * 3 > maxPayloadBytes && Buffer.byteLength(payload) > maxPayloadBytes) {
    const errorMessage = `Response payload size exceeded maximum allowed payload size (${maxPayloadBytes} bytes).`;
    return { ok: false, error: { errorType: 'Function.ResponseSizeTooLarge', errorMessage } };
  }
  return { ok: true, payload: JSON.parse(payload) as unknown, milliseconds: 0 };
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
