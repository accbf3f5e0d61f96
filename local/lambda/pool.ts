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
  /** The construct's id, for tests and people: `StreamsHttp`. */
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

/** State of a function: the number of its environments and the durations of their starts. */
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
  /** Maximum of parallel environments; `reservedConcurrency` of the function lowers it. */
  readonly maxEnvironments: number;
  /** Receives each line that a function writes. */
  onLine(definition: FunctionDefinition, line: string): void;
}

interface Job {
  readonly event: string;
  settle(result: Invocation): void;
}

const stopping: Invocation = { ok: false, error: { errorType: 'ServiceException', errorMessage: 'The runner is stopping' } };

/** The environments of one function and the queue of its invocations. The first invocation starts the first environment. */
export class Pool {
  readonly definition: FunctionDefinition;
  readonly #options: LambdaOptions;
  readonly #cap: number;
  readonly #environments = new Set<Environment>();
  readonly #idle: Environment[] = [];
  readonly #waiting: Job[] = [];
  readonly #initMilliseconds: number[] = [];
  #starting = 0;
  #stopped = false;

  constructor(definition: FunctionDefinition, options: LambdaOptions) {
    this.definition = definition;
    this.#options = options;
    this.#cap = Math.max(1, Math.min(options.maxEnvironments, definition.reservedConcurrency ?? Infinity));
  }

  invoke(event: unknown): Promise<Invocation> {
    if (this.#stopped) return Promise.resolve(stopping);
    return new Promise((settle) => {
      this.#waiting.push({ event: JSON.stringify(event), settle });
      this.#serve();
    });
  }

  /** Starts an environment unless there is one; resolves with its load time in milliseconds. */
  async warm(): Promise<number> {
    const [first] = this.#initMilliseconds;
    if (first !== undefined && this.#environments.size > 0) return first;
    const outcome = await this.#start();
    if ('error' in outcome) throw new Error(`${this.definition.constructId} did not start: ${outcome.error.errorMessage}`);
    return outcome.initMilliseconds;
  }

  state(): FunctionState {
    const { size } = this.#environments;
    return {
      constructId: this.definition.constructId,
      environments: size,
      busy: size - this.#idle.length - this.#starting,
      waiting: this.#waiting.length,
      initMilliseconds: this.#initMilliseconds,
    };
  }

  async kill(): Promise<number> {
    const all = [...this.#environments];
    this.#idle.length = 0;
    this.#environments.clear();
    await Promise.all(all.map((environment) => environment.kill()));
    return all.length;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    for (const job of this.#waiting.splice(0)) job.settle(stopping);
    await this.kill();
  }

  #serve(): void {
    while (this.#waiting.length > 0) {
      // The environment used last is the warmest; the others can become idle.
      const environment = this.#idle.pop();
      const job = environment && this.#waiting.shift();
      if (environment === undefined || job === undefined) break;
      void this.#run(environment, job);
    }
    const wanted = Math.min(this.#waiting.length - this.#starting, this.#cap - this.#environments.size);
    for (let more = wanted; more > 0; more--) void this.#start();
  }

  async #start(): Promise<Awaited<Environment['ready']>> {
    this.#starting++;
    const environment = startEnvironment({
      ...entryOf(this.definition),
      env: this.definition.env,
      onLine: (line) => this.#options.onLine(this.definition, line),
      onEnd: () => this.#ended(environment),
    });
    this.#environments.add(environment);
    const outcome = await environment.ready;
    this.#starting--;
    if ('error' in outcome) this.#notStarted(outcome.error);
    else {
      this.#log('debug', 'started', { initMs: Math.round(outcome.initMilliseconds) });
      this.#initMilliseconds.push(outcome.initMilliseconds);
      this.#idle.push(environment);
    }
    this.#serve();
    return outcome;
  }

  /** A failed start fails one request, as in AWS: a bundle that cannot load must not keep requests waiting. */
  #notStarted(error: FunctionError): void {
    if (!this.#stopped) this.#log('error', `did not start: ${error.errorMessage}`, { error });
    this.#waiting.shift()?.settle({ ok: false, error });
  }

  async #run(environment: Environment, job: Job): Promise<void> {
    const result = await environment.invoke(randomUUID(), job.event, this.definition.timeoutSeconds);
    if (!result.ok && !this.#stopped) this.#log('warn', `failed: ${result.error.errorMessage}`, { error: result.error });
    const timedOut = !result.ok && result.error.errorType.startsWith('Sandbox.');
    if (this.#environments.has(environment) && !timedOut) this.#idle.push(environment);
    job.settle(result);
    this.#serve();
  }

  #ended(environment: Environment): void {
    this.#environments.delete(environment);
    const place = this.#idle.indexOf(environment);
    if (place >= 0) this.#idle.splice(place, 1);
    if (!this.#stopped) this.#serve();
  }

  #log(level: 'debug' | 'warn' | 'error', what: string, fields: Record<string, unknown>): void {
    const { constructId } = this.definition;
    this.#options.log(level, `${constructId} ${what}`, { function: constructId, ...fields });
  }
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
