import type { BareServer } from './bare.ts';
import type { App } from './app.ts';
import type { BenchDatabase } from './database.ts';
import { distributionOf, figureOf } from './figures.ts';
import type { Line, Measured } from './figures.ts';
import type { BenchServices } from './services.ts';

/** One run of a bench: its services, its reports and its cleanup. */
export interface BenchRun {
  /** Prints a figure. Additional fields are printed along with it. */
  report(measured: Measured & Readonly<Record<string, unknown>>): void;
  /** Prints the distribution of values, for a plot. */
  distribution(spread: { distribution: string; unit: string; series: Readonly<Record<string, readonly number[]>> }): void;
  /** Settles as `promise` does. A bench that passes its deadline reports which of these it waited for. */
  until<Value>(what: string, promise: Promise<Value>): Promise<Value>;
  /** Registers a cleanup function for the end of the run, however it ends. They run in reverse order. */
  atEnd(end: () => unknown): void;
  /** The app on the local runner, in its own process. */
  app(): Promise<App>;
  /** A new database with the current schema; `durable` flushes each commit to disk. */
  database(name: string, options?: { durable: boolean }): Promise<BenchDatabase>;
  /** The bare server, in its own process. */
  bareServer(): Promise<BareServer>;
  /** The address of the local Qdrant, in its own process. */
  qdrant(): Promise<string>;
}

/** A run as its starter sees it. */
export interface StartedRun {
  readonly run: BenchRun;
  /** Descriptions of the promises that the bench waits for, for its error line. */
  waits(): readonly string[];
  /** Runs the registered cleanup functions. */
  end(): Promise<void>;
}

export function startRun(bench: string, services: BenchServices, print: (line: Line) => void): StartedRun {
  const ends: (() => unknown)[] = [];
  const waiting = new Map<symbol, string>();
  const until = async <Value>(what: string, promise: Promise<Value>): Promise<Value> => {
    const key = Symbol(what);
    waiting.set(key, what);
    try {
      return await promise;
    } finally {
      waiting.delete(key);
    }
  };
  return {
    run: {
      report: (measured) => print(figureOf(bench, measured)),
      distribution: (spread) => print(distributionOf(bench, spread)),
      until,
      atEnd: (end) => void ends.push(end),
      app: () => until('the app to start', services.app()),
      database: async (name, { durable } = { durable: false }) => {
        const server = await until('PostgreSQL to start', services.server(durable));
        return until(`the database ${name} to be migrated`, server.create(name));
      },
      async bareServer() {
        const server = await until('the bare server to start', services.bareServer());
        ends.push(() => server.stop());
        return server;
      },
      qdrant: () => until('Qdrant to start', services.qdrant()),
    },
    waits: () => [...waiting.values()],
    async end() {
      for (let end = ends.pop(); end; end = ends.pop()) await end();
    },
  };
}
