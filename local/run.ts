import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { createCleanup, type Cleanup } from './cleanup.ts';
import { prepareDemo, type Demo } from './demo.ts';
import type { Faults } from './faults.ts';
import { createFront } from './front.ts';
import type { LambdaFunctions } from './lambda/functions.ts';
import { takeLock } from './lock.ts';
import { createLogBook, type Line, type LogBook } from './log.ts';
import { takePort } from './port.ts';
import { removeServerData } from './postgres/server.ts';
import { startPostgres, type Postgres } from './postgres/postgres.ts';
import { startServices, type Services } from './services.ts';
import { synthesize } from './synth.ts';
import type { Invocation, Log } from './types.ts';

export interface LocalOptions {
  /** 0 takes any free port. */
  readonly port?: number;
  /** Nothing is kept: for tests. */
  readonly ephemeral?: boolean;
  /** Where the state is kept, unless ephemeral; `.local` in the repository unless given. */
  readonly stateDir?: string;
  /** Throws away what earlier runs kept. */
  readonly fresh?: boolean;
  /** Shows nothing; `recent()` still has it. */
  readonly quiet?: boolean;
  readonly logBook?: LogBook;
  /** Whether to make the demo workspace; true unless given. */
  readonly demo?: boolean;
  /** Told when a part of the start is done. */
  onStep?(step: Step): void;
}

/** A part of the start, and what it took. Parts overlap: their times do not add up to the whole. */
export interface Step {
  readonly name: 'synth' | 'postgres' | 'services' | 'migrations' | 'functions' | 'demo';
  readonly milliseconds: number;
  readonly detail: string;
}

/** The app, running. */
export interface Local {
  readonly baseUrl: string;
  readonly wsUrl: string;
  /** Keys to a workspace with some users, channels and messages; undefined with `demo: false`. */
  readonly demo: Demo | undefined;
  /** Functions by construct id, physical name or ARN: `functions.invoke('StreamsHttp', event)`, `functions.kill('RealtimeFanOut')`. */
  readonly functions: LambdaFunctions;
  readonly queues: Services['queues'];
  readonly tables: Services['tables'];
  readonly sockets: Services['webSocketApis'] extends ReadonlyMap<string, infer Api> ? Api : never;
  readonly postgres: Postgres;
  readonly faults: Faults;
  /** Physical name of a queue, table, function or schedule by the id of its construct: `nameOf('RealtimeFanOutQueueQueue')`. */
  nameOf(constructId: string): string;
  /** Runs a schedule now, by the id of its construct: `OperationsEveryMinute`. */
  runSchedule(constructId: string): Promise<Invocation>;
  readonly steps: readonly Step[];
  /** The newest lines of the log, also those that were not shown. */
  recent(): readonly Line[];
  stop(): Promise<void>;
}

const root = path.resolve(import.meta.dirname, '..');
const cache = path.join(root, '.local', 'cache');

/** Synthesizes the app (unless nothing changed), runs it, and resolves when it is ready. */
export async function startLocal(options: LocalOptions = {}): Promise<Local> {
  const cleanup = createCleanup();
  try {
    return await start(options, cleanup);
  } catch (thrown) {
    await cleanup.run().catch(() => undefined);
    throw thrown;
  }
}

async function start(options: LocalOptions, cleanup: Cleanup): Promise<Local> {
  const { log, recent } =
    options.logBook ??
    createLogBook({ show: options.quiet ? 'silent' : 'info', pretty: false, write: (text) => process.stdout.write(text) });
  const stateDir = options.ephemeral ? undefined : await openState(options, cleanup);
  const steps: Step[] = [];
  const timed = async <Result>(name: Step['name'], work: () => Promise<Result>, detail: (result: Result) => string): Promise<Result> => {
    const from = performance.now();
    const result = await work();
    const step = { name, milliseconds: Math.round(performance.now() - from), detail: detail(result) };
    steps.push(step);
    options.onStep?.(step);
    return result;
  };

  const port = await takePort(options.port ?? 3000);
  cleanup.add(() => port.close());
  const baseUrl = `http://127.0.0.1:${port.number}`;
  const [synth, postgres] = await bothOrNone(
    timed(
      'synth',
      () => synthesize({ root, cache, log }),
      ({ reused }) => (reused ? 'nothing changed' : 'made anew'),
    ),
    timed(
      'postgres',
      () => startPostgres({ dataFolder: stateDir && path.join(stateDir, 'postgres'), dsn: process.env['POSTGRES_DSN'] || undefined, log }),
      ({ host, port: at }) => `${host}:${at}`,
    ),
    cleanup,
  );
  const services = await timed(
    'services',
    () => startServices({ assembly: synth.directory, postgres, port: port.number, stateDir, log, cleanup }),
    ({ application: { queues, tables, httpApis } }) =>
      `${queues.length} queues, ${tables.length} tables, ${httpApis.flatMap(({ routes }) => routes).length} routes`,
  );
  const { application, functions } = services;
  await Promise.all([
    timed(
      'migrations',
      () => runTriggers(services),
      (results) => results.join(', '),
    ),
    timed(
      'functions',
      () => warm(services),
      (loaded) => `${loaded} loaded`,
    ),
  ]);

  const [sockets] = services.webSocketApis.values();
  if (sockets === undefined) throw new Error('The templates have no WebSocket API');
  const wsUrl = `ws://127.0.0.1:${port.number}/${application.webSocketApis[0]?.stage}`;
  let demo: Demo | undefined;
  let ready = false;
  // What the start itself asks for is detail.
  const frontLog: Log = (level, message, fields) => log(ready || level === 'error' ? level : 'debug', message, fields);
  port.open(createFront({ services, port: port.number, log: frontLog, demo: () => demo }));
  services.queues.start();
  services.scheduler.start();
  if (options.demo ?? true) {
    const file = stateDir && path.join(stateDir, 'demo.json');
    demo = await timed(
      'demo',
      () => prepareDemo({ baseUrl, wsUrl, functions, file, createWorkspace: 'WorkspacesCreateWorkspace' }),
      (made) => made.workspaceId,
    );
  }
  ready = true;
  return {
    baseUrl,
    wsUrl,
    demo,
    functions,
    queues: services.queues,
    tables: services.tables,
    sockets,
    postgres,
    faults: services.faults,
    nameOf: (constructId) => application.nameOf(constructId),
    runSchedule: (constructId) => services.scheduler.runNow(application.nameOf(constructId)),
    steps,
    recent,
    stop: () => cleanup.run(),
  };
}

/** Opens the state folder for this process alone. */
async function openState({ stateDir = path.join(root, '.local'), fresh }: LocalOptions, cleanup: Cleanup): Promise<string> {
  mkdirSync(stateDir, { recursive: true });
  const lock = takeLock(path.join(stateDir, 'runner.pid'));
  if (typeof lock !== 'function') throw new Error(`Streambed runs already on ${stateDir} (process ${lock.heldBy}); stop it first`);
  cleanup.add(lock);
  if (fresh) {
    await removeServerData(path.join(stateDir, 'postgres'));
    for (const name of readdirSync(stateDir)) {
      if (name !== 'cache' && name !== 'runner.pid') rmSync(path.join(stateDir, name), { recursive: true, force: true });
    }
  }
  return stateDir;
}

/** Waits for both, and keeps the server for cleaning up also when the other one fails. */
async function bothOrNone<First>(first: Promise<First>, server: Promise<Postgres>, cleanup: Cleanup): Promise<[First, Postgres]> {
  const [one, two] = await Promise.allSettled([first, server]);
  if (two.status === 'fulfilled') cleanup.add(() => two.value.stop());
  if (one.status === 'rejected') throw one.reason;
  if (two.status === 'rejected') throw two.reason;
  return [one.value, two.value];
}

/** The functions that a deployment runs: here it is the start. */
async function runTriggers({ application, functions }: Services): Promise<string[]> {
  const results: string[] = [];
  for (const arn of application.triggers) {
    const { constructId } = application.functions.find((fn) => fn.arn === arn) ?? { constructId: arn };
    const result = await functions.invoke(arn, {});
    if (!result.ok) throw new Error(`${constructId} failed: ${result.error.errorMessage}`);
    results.push(`${constructId} ${JSON.stringify(result.payload)}`);
  }
  return results;
}

/** Loads one environment of each function that requests may wait for. */
async function warm({ application, functions }: Services): Promise<number> {
  const others = application.functions.filter(({ arn }) => !application.triggers.includes(arn));
  return (await functions.warm(others.map(({ constructId }) => constructId))).size;
}
