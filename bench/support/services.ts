import { fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startApp } from './app.ts';
import type { App } from './app.ts';
import { startBareServer } from './bare.ts';
import type { BareServer } from './bare.ts';
import { startBenchServer } from './database.ts';
import type { BenchServer } from './database.ts';

/** Services for benches. Each starts at its first use and is then shared by all benches of the process. */
export interface BenchServices {
  app(): Promise<App>;
  server(durable: boolean): Promise<BenchServer>;
  qdrant(): Promise<string>;
  /** A new server for each caller, which the caller stops. */
  bareServer(): Promise<BareServer>;
  /** Stops all started services and deletes their data. */
  stop(): Promise<void>;
}

export function createServices(): BenchServices {
  const started: (() => Promise<unknown>)[] = [];
  const once = <Service>(start: () => Promise<Service>, stop: (service: Service) => unknown): (() => Promise<Service>) => {
    let service: Promise<Service> | undefined;
    return () => {
      if (service) return service;
      const starting = (service = start());
      started.push(async () => stop(await starting));
      return starting;
    };
  };
  const app = once(startApp, (running) => running.stop());
  const server = once(startBenchServer, (running) => running.stop());
  const durableServer = once(startDurableServer, (running) => running.stop());
  const qdrant = once(startQdrantProcess, (running) => running.stop());
  return {
    app,
    server: (durable) => (durable ? durableServer() : server()),
    qdrant: async () => (await qdrant()).url,
    bareServer: async () => startBareServer((await server()).superuser),
    async stop() {
      await Promise.allSettled(started.map((stop) => stop()));
    },
  };
}

async function startDurableServer(): Promise<BenchServer> {
  const folder = mkdtempSync(path.join(tmpdir(), 'streambed-bench-'));
  const server = await startBenchServer({ dataFolder: path.join(folder, 'data') });
  return {
    ...server,
    async stop() {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function startQdrantProcess(): Promise<{ url: string; stop(): Promise<void> }> {
  const child = fork(new URL('qdrant-process.ts', import.meta.url), { stdio: ['ignore', 2, 2, 'ipc'], execArgv: [] });
  const { url } = await new Promise<{ url: string }>((resolve, reject) => {
    child.once('message', (message) => resolve(message as { url: string }));
    child.once('exit', (code) => reject(new Error(`Qdrant ended with ${code}`)));
  });
  return {
    url,
    async stop() {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.disconnect();
      await gone;
    },
  };
}
