import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { WebSocketApi } from './api-gateway/websocket.ts';
import { createCleanup, type Cleanup } from './runner/cleanup.ts';
import { createDemoFiles } from './demo/demo-files.ts';
import { prepareDemo, type Demo } from './demo/demo.ts';
import type { Faults } from './runner/faults.ts';
import { createFront } from './front/front.ts';
import type { LambdaFunctions } from './lambda/functions.ts';
import { takeLock } from './runner/lock.ts';
import { createLogBook, type Line, type LogBook } from './runner/log.ts';
import { describeEmbedder, startIndex, type LocalIndex } from './runner/memory.ts';
import { takePort, type Port } from './front/port.ts';
import { removeServerData } from './postgres/server.ts';
import { startPostgres, type Postgres } from './postgres/postgres.ts';
import { startServices, type Services } from './runner/services.ts';
import { createSteps, type Step, type Steps } from './runner/steps.ts';
import { synthesize } from './runner/synth.ts';
import type { Invocation, Log } from './types.ts';

export interface LocalOptions {
  /** 0 takes any free port. */
  readonly port?: number;
  /** True keeps nothing: for tests. */
  readonly ephemeral?: boolean;
  /** Folder of the state, unless ephemeral; `.local` in the repository by default. */
  readonly stateDir?: string;
  /** True deletes the state of earlier runs. */
  readonly fresh?: boolean;
  /** True prints nothing; `recent()` still returns the lines. */
  readonly quiet?: boolean;
  readonly logBook?: LogBook;
  /** True (the default) creates the demo workspace. */
  readonly demo?: boolean;
  /** True loads each function at the start instead of at its first call; the default unless ephemeral. */
  readonly warm?: boolean;
  /** Variables that override the machine's: `EMBEDDING_PROVIDER`, `EMBEDDING_URL`, `QDRANT_URL`, and so on. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Called when a part of the start is done. */
  onStep?(step: Step): void;
}

/** The app, running. */
export interface Local {
  readonly baseUrl: string;
  readonly wsUrl: string;
  /** Keys of the demo workspace; undefined with `demo: false`. */
  readonly demo: Demo | undefined;
  /** Functions by construct id, physical name or ARN: `functions.invoke('StreamsHttp', event)`, `functions.kill('RealtimeFanOut')`. */
  readonly functions: LambdaFunctions;
  readonly queues: Services['queues'];
  readonly tables: Services['tables'];
  readonly mail: Services['mail'];
  readonly sockets: WebSocketApi;
  readonly postgres: Postgres;
  /** The index of memory. */
  readonly qdrant: LocalIndex;
  readonly faults: Faults;
  /** Physical name of a queue, table, function or schedule by construct id: `nameOf('RealtimeFanOutQueueQueue')`. */
  nameOf(constructId: string): string;
  /** Runs a schedule now, by construct id: `OperationsEveryMinute`. */
  runSchedule(constructId: string): Promise<Invocation>;
  readonly steps: readonly Step[];
  /** Newest lines of the log, including those that were not printed. */
  recent(): readonly Line[];
  stop(): Promise<void>;
}

const root = path.resolve(import.meta.dirname, '..');
const cache = path.join(root, '.local', 'cache');

/** Synthesizes the app (unless nothing changed) and runs it; resolves when it is ready. */
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
  const book = options.logBook ?? defaultLogBook(options.quiet ?? false);
  const steps = createSteps((step) => options.onStep?.(step));
  const stateDir = options.ephemeral ? undefined : await openState(options, cleanup);
  const port = await takePort(options.port ?? 3000);
  cleanup.add(() => port.close());
  const environment = { ...process.env, ...options.environment };
  const parts: Parts = { options, environment, cleanup, log: book.log, steps, stateDir, port };
  const { postgres, assembly, index } = await startGround(parts);
  const services = await steps.timed(
    'services',
    () => startServices({ ...parts, assembly, postgres, index, port: port.number, sharedState: cache }),
    ({ application: { queues, tables, httpApis } }) =>
      `${queues.length} queues, ${tables.length} tables, ${httpApis.flatMap(({ routes }) => routes).length} routes`,
  );
  await deploy(parts, services);
  const opened = await open(parts, services);
  return localOf(parts, services, { postgres, index }, opened, book);
}

interface Parts {
  readonly options: LocalOptions;
  /** The machine's variables, overridden by the caller's. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly cleanup: Cleanup;
  readonly log: Log;
  readonly steps: Steps;
  readonly stateDir: string | undefined;
  readonly port: Port;
}

function defaultLogBook(quiet: boolean): LogBook {
  return createLogBook({ show: quiet ? 'silent' : 'info', pretty: false, write: (text) => process.stdout.write(text) });
}

interface Ground {
  readonly postgres: Postgres;
  readonly index: LocalIndex;
}

/** Starts the independent parts in parallel: two of them are slow. */
async function startGround(parts: Parts): Promise<Ground & { readonly assembly: string }> {
  const { environment, cleanup, log, steps, stateDir } = parts;
  const folderOf = (name: string) => (stateDir === undefined ? undefined : path.join(stateDir, name));
  const [synth, server, memory] = await Promise.allSettled([
    steps.timed(
      'synth',
      () => synthesize({ root, cache, log }),
      ({ reused }) => (reused ? 'nothing changed' : 'made anew'),
    ),
    steps.timed(
      'postgres',
      () => startPostgres({ dataFolder: folderOf('postgres'), dsn: process.env['POSTGRES_DSN'] || undefined, log }),
      ({ host, port }) => `${host}:${port}`,
    ),
    steps.timed(
      'memory',
      () => startIndex({ folder: folderOf('qdrant'), environment, log }),
      ({ url }) => `embeddings: ${describeEmbedder(environment)}; index: ${url}`,
    ),
  ]);
  // The other part may have started although one failed, and must be stopped.
  for (const started of [server, memory]) if (started.status === 'fulfilled') cleanup.add(() => started.value.stop());
  if (synth.status === 'rejected') throw synth.reason;
  if (server.status === 'rejected') throw server.reason;
  if (memory.status === 'rejected') throw memory.reason;
  return { assembly: synth.value.directory, postgres: server.value, index: memory.value };
}

/** Deploys as AWS does before the first request: runs the triggers, which migrate the database, and loads the functions. */
async function deploy({ options, steps }: Parts, services: Services): Promise<void> {
  const migrated = steps.timed(
    'migrations',
    () => runTriggers(services),
    (results) => results.join(', '),
  );
  const wanted = options.warm ?? !options.ephemeral;
  const warmed = wanted && steps.timed('functions', () => warm(services), (loaded) => `${loaded} loaded`); // prettier-ignore
  await Promise.all([migrated, warmed]);
}

interface OpenApp {
  readonly baseUrl: string;
  readonly wsUrl: string;
  readonly demo: Demo | undefined;
}

/** Opens the port, starts queues and schedules, and creates the demo through the port as any client would. */
async function open({ options, cleanup, log, steps, stateDir, port }: Parts, services: Services): Promise<OpenApp> {
  const { application, functions } = services;
  const baseUrl = `http://127.0.0.1:${port.number}`;
  const wsUrl = `ws://127.0.0.1:${port.number}/${application.webSocketApis[0]?.stage}`;
  const wanted = options.demo ?? true;
  let demo: Demo | undefined;
  let ready = false;
  // Requests of the start itself are logged as detail.
  const frontLog: Log = (level, message, fields) => log(ready || level === 'error' ? level : 'debug', message, fields);
  port.open(createFront({ services, port: port.number, log: frontLog, demo: () => demo ?? (wanted ? 'seeding' : undefined) }));
  services.queues.start();
  services.scheduler.start();
  if (wanted) {
    const files = stateDir === undefined ? undefined : createDemoFiles<Demo>(stateDir);
    cleanup.add(() => files?.withdraw());
    demo = await steps.timed(
      'demo',
      () => prepareDemo({ baseUrl, wsUrl, functions, files, createWorkspace: 'WorkspacesCreateWorkspace' }),
      ({ workspaceId }) => workspaceId,
    );
  }
  ready = true;
  return { baseUrl, wsUrl, demo };
}

function localOf({ cleanup, steps }: Parts, services: Services, ground: Ground, opened: OpenApp, { recent }: LogBook): Local {
  const { application, functions, queues, tables, mail, scheduler, faults } = services;
  const [sockets] = services.webSocketApis.values();
  if (sockets === undefined) throw new Error('The templates have no WebSocket API');
  return {
    ...opened,
    functions,
    queues,
    tables,
    mail,
    sockets,
    postgres: ground.postgres,
    qdrant: ground.index,
    faults,
    nameOf: (constructId) => application.nameOf(constructId),
    runSchedule: (constructId) => scheduler.runNow(application.nameOf(constructId)),
    steps: steps.done,
    recent,
    stop: () => cleanup.run(),
  };
}

/** Locks the state folder for this process. */
async function openState({ stateDir = path.join(root, '.local'), fresh }: LocalOptions, cleanup: Cleanup): Promise<string> {
  mkdirSync(stateDir, { recursive: true });
  const lock = takeLock(path.join(stateDir, 'runner.pid'));
  if (typeof lock !== 'function') throw new Error(`Streambed runs already on ${stateDir} (process ${lock.heldBy}); stop it first`);
  cleanup.add(lock);
  // A killed run leaves this file behind; its address is not ready.
  createDemoFiles(stateDir).withdraw();
  if (fresh) {
    await removeServerData(path.join(stateDir, 'postgres'));
    for (const name of readdirSync(stateDir)) {
      if (name !== 'cache' && name !== 'runner.pid') rmSync(path.join(stateDir, name), { recursive: true, force: true });
    }
  }
  return stateDir;
}

/** Runs the functions that a deployment would run. */
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

/** Loads one environment of each function that serves requests. Those of schedules and deployments load when they run. */
async function warm({ application, functions }: Services): Promise<number> {
  const { triggers, schedules, customResources } = application;
  const alone = new Set([...triggers, ...[...schedules, ...customResources].map(({ functionArn }) => functionArn)]);
  const others = application.functions.filter(({ arn }) => !alone.has(arn));
  return (await functions.warm(others.map(({ constructId }) => constructId))).size;
}
