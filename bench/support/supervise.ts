import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import type { FromBench, Task, ToBench } from './bench-process.ts';
import type { Line } from './figures.ts';

/** A bench to run, with its deadline. */
export interface Assignment extends Task {
  readonly deadlineSeconds: number;
  /** Flags of Node for the process of the bench. */
  readonly nodeFlags?: readonly string[];
}

/** Outcome of a bench. `reason` holds the error or the missing data, on one line or more. */
export interface Outcome {
  readonly bench: string;
  readonly status: 'done' | 'failed' | 'no data';
  readonly seconds: number;
  readonly reason?: string;
}

export interface SuperviseOptions {
  readonly form: 'full' | 'smoke';
  /** True runs all benches in one process, in sequence, with shared services. */
  readonly together: boolean;
  onLine(line: Line): void;
  onOutcome(outcome: Outcome): void;
  /** Ends the current bench and starts no other. */
  readonly signal?: AbortSignal;
}

/** Time between the request to stop and the kill of a process and its children. */
const graceMs = 15_000;
/** Time for the process to report what it waits for. It answers at once, unless its event loop is blocked. */
const answerMs = 2_000;
/** Time for the cleanup after the last bench. */
const closingSeconds = 60;

/**
 * Runs benches in sequence, each in a process. A process that passes the deadline of its bench is ended together with its children. A
 * bench that fails, hangs or dies does not stop the next one. Resolves with an outcome for each started bench; never rejects.
 */
export async function superviseBenches(assignments: readonly Assignment[], options: SuperviseOptions): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const report = { ...options, onOutcome: (outcome: Outcome) => (outcomes.push(outcome), options.onOutcome(outcome)) };
  while (outcomes.length < assignments.length && !options.signal?.aborted) {
    const left = assignments.slice(outcomes.length);
    await new BenchProcess(options.together ? left : left.slice(0, 1), report).ended;
  }
  return outcomes;
}

/** One process that runs benches, from its start until it and its children have ended. */
class BenchProcess {
  readonly ended: Promise<void>;
  readonly #options: SuperviseOptions;
  readonly #left: Assignment[];
  readonly #child: ChildProcess;
  /** Resolves with its exit status or the signal that ended it. */
  readonly #exited: Promise<string>;
  #startedAt = performance.now();
  #timer: NodeJS.Timeout | undefined;
  #waits: ((waits: readonly string[]) => void) | undefined;
  /** Reason for stopping the process, and what it waited for. */
  #stopped: Promise<string> | undefined;
  #lastFigure = '';

  constructor(assignments: readonly Assignment[], options: SuperviseOptions) {
    this.#options = options;
    this.#left = [...assignments];
    // The process leads its own group, so that its children can be killed with it. Its stdout carries no figures.
    const script = new URL('bench-process.ts', import.meta.url);
    const execArgv = [...(assignments[0]?.nodeFlags ?? [])];
    this.#child = fork(script, { detached: true, stdio: ['ignore', 2, 2, 'ipc'], execArgv });
    this.#exited = new Promise((resolve) => this.#child.once('close', (code, signal) => resolve(signal ?? String(code))));
    this.ended = this.#exited.then((how) => this.#gone(how));
    this.#child.on('message', (message: FromBench) => this.#take(message));
    this.#child.on('error', (error) => this.#end('failed', error.message));
    const tasks = assignments.map(({ name, url, args }) => ({ name, url, args }));
    this.#tell({ kind: 'run', tasks, form: options.form });
    this.#begin();
    const abort = () => this.#stop('it was interrupted');
    options.signal?.addEventListener('abort', abort, { once: true });
    void this.ended.then(() => options.signal?.removeEventListener('abort', abort));
  }

  #take(message: FromBench): void {
    if (message.kind === 'waits') return this.#waits?.(message.waits);
    if (this.#stopped) return;
    if (message.kind === 'begin') return this.#begin();
    if (message.kind === 'end') return this.#end(message.status, message.reason);
    const { line } = message;
    this.#lastFigure = 'figure' in line ? line.figure : line.distribution;
    this.#options.onLine(line);
  }

  #begin(): void {
    const [next] = this.#left;
    clearTimeout(this.#timer);
    const seconds = next?.deadlineSeconds ?? closingSeconds;
    this.#startedAt = performance.now();
    this.#timer = setTimeout(() => this.#stop(`it was not done after ${seconds} s`), seconds * 1_000);
  }

  #end(status: Outcome['status'], reason?: string): void {
    const ended = this.#left.shift();
    if (!ended) return;
    const seconds = Math.round((performance.now() - this.#startedAt) / 100) / 10;
    this.#options.onOutcome({ bench: ended.name, status, seconds, ...(reason !== undefined && { reason }) });
    this.#lastFigure = '';
    this.#begin();
  }

  /** Asks the process to stop, and kills it after the grace time. */
  #stop(why: string): void {
    if (this.#stopped) return;
    clearTimeout(this.#timer);
    const answer = new Promise<readonly string[] | undefined>((resolve) => {
      this.#waits = resolve;
      this.#timer = setTimeout(() => resolve(undefined), answerMs);
    });
    this.#tell({ kind: 'stop' });
    this.#stopped = this.#explain(why, answer);
  }

  async #explain(why: string, answer: Promise<readonly string[] | undefined>): Promise<string> {
    const after = this.#lastFigure === '' ? 'before its first figure' : `after the figure "${this.#lastFigure}"`;
    const waits = await answer;
    if (waits === undefined) this.#kill();
    else this.#timer = setTimeout(() => this.#kill(), graceMs);
    return `${why}: ${waits === undefined ? 'its event loop was blocked' : `it waited for ${waits.join('; ') || 'nothing that it named'}`}, ${after}`;
  }

  #tell(message: ToBench): void {
    // A process that has ended cannot take a message; its exit reports that.
    this.#child.send(message, () => undefined);
  }

  #kill(): void {
    if (this.#child.pid === undefined) return;
    try {
      process.kill(-this.#child.pid, 'SIGKILL');
    } catch {
      // The group is gone.
    }
  }

  async #gone(how: string): Promise<void> {
    const reason = (await this.#stopped) ?? `its process ended with ${how}`;
    this.#end('failed', reason);
    clearTimeout(this.#timer);
    // Kills children that the process left behind.
    this.#kill();
  }
}
