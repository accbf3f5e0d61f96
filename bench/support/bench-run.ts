import type { BareServer } from './bare.ts';
import type { App } from './app.ts';
import type { BenchDatabase } from './database.ts';
import { distributionOf, figureOf } from './figures.ts';
import type { Line, Measured } from './figures.ts';
import type { BenchServices } from './services.ts';

/** One run of a bench: what it stands on, whom it tells its figures, and what it leaves to be ended. */
export interface BenchRun {
  /** Prints a figure. Fields that are no part of a figure are printed along with it. */
  report(measured: Measured & Readonly<Record<string, unknown>>): void;
  /** Prints how values are spread, for a plot of them. */
  distribution(spread: { distribution: string; unit: string; series: Readonly<Record<string, readonly number[]>> }): void;
  /** Settles as `promise` does. A bench that passes its deadline says which of these it waited for. */
  until<Value>(what: string, promise: Promise<Value>): Promise<Value>;
  /** Has `end` called when the run is over, however it ends; the last one first. */
  atEnd(end: () => unknown): void;
  /** The app on the local runner, in a process of its own. */
  app(): Promise<App>;
  /** A new database with the schema as it is now; `durable` has each commit on the disk before it counts. */
  database(name: string, options?: { durable: boolean }): Promise<BenchDatabase>;
  /** The least that stores a message and shows it, in a process of its own. */
  bareServer(): Promise<BareServer>;
  /** The address of the local Qdrant, in a process of its own. */
  qdrant(): Promise<string>;
}

/** A run, as whoever starts it holds it. */
export interface StartedRun {
  readonly run: BenchRun;
  /** The event that the bench waits for now, for its error line. */
  waits(): readonly string[];
  /** Ends what the bench left to be ended. */
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
