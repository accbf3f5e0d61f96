import { randomUUID } from 'node:crypto';
import path from 'node:path';
import type { Invocation, Log } from '../types.ts';
import { startEnvironment, type Environment } from './environment.ts';
import type { FunctionError } from './protocol.ts';

/** A deployed function, as the template describes it. */
export interface FunctionDefinition {
  readonly arn: string;
  /** Physical name, as `AWS_LAMBDA_FUNCTION_NAME` has it. */
  readonly name: string;
  /** The construct's id, by which tests and people call it: `StreamsHttp`. */
  readonly constructId: string;
  /** Folder of the unpacked code. */
  readonly codePath: string;
  /** `index.handler`. */
  readonly handler: string;
  readonly timeoutSeconds: number;
  readonly memoryMegabytes: number;
  readonly env: Readonly<Record<string, string>>;
  readonly reservedConcurrency?: number;
}

/** Where a function stands: how many environments it has, and what their starts took. */
export interface FunctionState {
  readonly constructId: string;
  readonly environments: number;
  readonly busy: number;
  readonly waiting: number;
  readonly initMilliseconds: readonly number[];
}

export interface LambdaOptions {
  readonly definitions: readonly FunctionDefinition[];
  readonly log: Log;
  /** Most environments a function may have at a time; `reservedConcurrency` of the function lowers it. */
  readonly maxEnvironments: number;
  /** Takes each line that a function writes. */
  onLine(definition: FunctionDefinition, line: string): void;
}

interface Job {
  readonly event: string;
  settle(result: Invocation): void;
}

/** The environments of one function and the queue before them. */
export interface Pool {
  readonly definition: FunctionDefinition;
  invoke(event: unknown): Promise<Invocation>;
  warm(): Promise<number>;
  kill(): Promise<number>;
  state(): FunctionState;
  stop(): Promise<void>;
}

/** Makes the pool of a function; the first invocation starts the first environment. */
export function createPool(definition: FunctionDefinition, options: LambdaOptions): Pool {
  const cap = Math.max(1, Math.min(options.maxEnvironments, definition.reservedConcurrency ?? Infinity));
  const environments = new Set<Environment>();
  const idle: Environment[] = [];
  const waiting: Job[] = [];
  const initMilliseconds: number[] = [];
  let starting = 0;
  let stopped = false;

  const start = async (): Promise<{ initMilliseconds: number } | { error: FunctionError }> => {
    starting++;
    const environment = startEnvironment({
      ...entryOf(definition),
      env: definition.env,
      onLine: (line) => options.onLine(definition, line),
      onEnd: () => {
        environments.delete(environment);
        const place = idle.indexOf(environment);
        if (place >= 0) idle.splice(place, 1);
        if (!stopped) serve();
      },
    });
    environments.add(environment);
    const outcome = await environment.ready;
    starting--;
    if ('error' in outcome) {
      options.log('error', `${definition.constructId} did not start: ${outcome.error.errorMessage}`, {
        function: definition.constructId,
        error: outcome.error,
      });
      // One start answers for one request, as in AWS: a bundle that cannot load fails each of them instead of keeping them waiting.
      waiting.shift()?.settle({ ok: false, error: outcome.error });
      serve();
      return outcome;
    }
    initMilliseconds.push(outcome.initMilliseconds);
    options.log('debug', `${definition.constructId} started`, {
      function: definition.constructId,
      initMs: Math.round(outcome.initMilliseconds),
    });
    idle.push(environment);
    serve();
    return outcome;
  };

  const serve = (): void => {
    while (waiting.length > 0 && idle.length > 0) {
      // The environment used last is the warmest, and leaves the others to be idle.
      const environment = idle.pop() as Environment;
      void run(environment, waiting.shift() as Job);
    }
    for (let more = Math.min(waiting.length - starting, cap - environments.size); more > 0; more--) void start();
  };

  const run = async (environment: Environment, job: Job): Promise<void> => {
    const result = await environment.invoke(randomUUID(), job.event, definition.timeoutSeconds);
    if (!result.ok)
      options.log('warn', `${definition.constructId} failed: ${result.error.errorMessage}`, {
        function: definition.constructId,
        error: result.error,
      });
    const alive = environments.has(environment) && (result.ok || !result.error.errorType.startsWith('Sandbox.'));
    if (alive) idle.push(environment);
    job.settle(result);
    serve();
  };

  const kill = async (): Promise<number> => {
    const all = [...environments];
    idle.length = 0;
    environments.clear();
    await Promise.all(all.map((environment) => environment.kill()));
    return all.length;
  };

  return {
    definition,
    kill,
    invoke: (event) =>
      new Promise((settle) => {
        if (stopped) return settle({ ok: false, error: { errorType: 'ServiceException', errorMessage: 'The runner is stopping' } });
        waiting.push({ event: JSON.stringify(event), settle });
        serve();
      }),
    async warm() {
      if (initMilliseconds[0] !== undefined && environments.size > 0) return initMilliseconds[0];
      const outcome = await start();
      if ('error' in outcome) throw new Error(`${definition.constructId} did not start: ${outcome.error.errorMessage}`);
      return outcome.initMilliseconds;
    },
    state: () => ({
      constructId: definition.constructId,
      environments: environments.size,
      busy: environments.size - idle.length - starting,
      waiting: waiting.length,
      initMilliseconds,
    }),
    async stop() {
      stopped = true;
      for (const job of waiting.splice(0))
        job.settle({ ok: false, error: { errorType: 'ServiceException', errorMessage: 'The runner is stopping' } });
      await kill();
    },
  };
}

function entryOf(definition: FunctionDefinition) {
  const dot = definition.handler.lastIndexOf('.');
  return {
    modulePath: path.join(definition.codePath, `${definition.handler.slice(0, dot)}.mjs`),
    exportName: definition.handler.slice(dot + 1),
    functionName: definition.name,
    functionArn: definition.arn,
    memoryMegabytes: definition.memoryMegabytes,
  };
}
