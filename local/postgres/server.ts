import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Log } from '../types.ts';
import { ownedFolder, serverBinaries, serverFolder, serverUser, standInFolder, type ServerUser } from './binaries.ts';
import { endOrphan } from './orphan.ts';

/** A PostgreSQL server of our own on loopback. `postgres` is its superuser, over the socket in `socketFolder` without a password. */
export interface PostgresServer {
  readonly port: number;
  readonly socketFolder: string;
  /** Stops the server, immediately (`crash`) or in order, and starts it again on the same port and data. */
  restart(how: 'crash' | 'orderly'): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Script that watches over the server: it ends the server when the pipe to the runner breaks, and deletes the socket folder (which holds
 * the data of an ephemeral server). A line on the pipe is a signal for the server.
 */
const watcher = `
exec 3<&0
folder=$1; shift
"$@" </dev/null 3<&- &
server=$!
( read -r signal <&3 || : >"$folder/abandoned"; kill -"\${signal:-INT}" "$server" ) 2>/dev/null &
reader=$!
wait "$server"; code=$?
kill -KILL "$reader" 2>/dev/null
if [ -e "$folder/abandoned" ]; then rm -rf "$folder"; fi
exit "$code"`;

/** Deletes a data folder, after ending a server that an earlier run left on it. */
export async function removeServerData(dataFolder: string): Promise<void> {
  for (const folder of [dataFolder, standInFolder(dataFolder)]) {
    await endOrphan(folder);
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Place {
  readonly user: ServerUser | undefined;
  readonly binaries: string;
  readonly data: string;
  readonly socketFolder: string;
  readonly port: number;
  readonly ephemeral: boolean;
  readonly log: Log;
}

/** Starts a server on a data folder (created when missing), or on temporary data without one. */
export async function startPostgresServer(options: { dataFolder?: string; log: Log }): Promise<PostgresServer> {
  const user = serverUser();
  const ephemeral = options.dataFolder === undefined;
  // Socket paths are limited to 107 bytes, so they never lie below the state folder.
  const socketFolder = ownedFolder(mkdtempSync(path.join(tmpdir(), 'streambed-pg-')), user);
  const data =
    options.dataFolder === undefined ? ownedFolder(path.join(socketFolder, 'data'), user) : serverFolder(options.dataFolder, user);
  const place: Place = { user, binaries: serverBinaries(user), data, socketFolder, port: await freePort(), ephemeral, log: options.log };
  if (await endOrphan(data)) options.log('info', 'ended a PostgreSQL server that an earlier run left behind', { data });
  if (!existsSync(path.join(data, 'PG_VERSION'))) await initialise(place);
  let server = await launch(place);
  return {
    port: place.port,
    socketFolder,
    async restart(how) {
      await end(server, how === 'crash' ? 'QUIT' : 'INT');
      server = await launch(place);
    },
    async stop() {
      await end(server, ephemeral ? 'QUIT' : 'INT');
      rmSync(socketFolder, { recursive: true, force: true });
    },
  };
}

async function initialise(place: Place): Promise<void> {
  const options = ['--username=postgres', '--auth-local=trust', '--auth-host=scram-sha-256', '--encoding=UTF8', '--no-instructions'];
  // The built-in locale is the same on every machine.
  options.push('--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8');
  if (place.ephemeral) options.push('--no-sync');
  const child = spawn(path.join(place.binaries, 'bin', 'initdb'), ['-D', place.data, ...options], {
    ...place.user,
    cwd: '/',
    env: { ...process.env, LC_ALL: 'C' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const code = await new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve));
  if (code !== 0) {
    // The next start would take an incomplete folder for a complete one.
    for (const made of ['PG_VERSION', 'base', 'global', 'pg_wal']) rmSync(path.join(place.data, made), { recursive: true, force: true });
    throw new Error(`initdb failed with exit status ${code}: ${said}`);
  }
}

function settingsOf(place: Place): string[] {
  const settings: Record<string, string> = {
    listen_addresses: '127.0.0.1',
    port: String(place.port),
    unix_socket_directories: place.socketFolder,
    max_connections: '200',
    lc_messages: 'C',
    timezone: 'UTC',
    // Committed data survive a crash of the server in any case; without fsync they may not survive one of the machine.
    ...(place.ephemeral && { fsync: 'off', full_page_writes: 'off' }),
  };
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

async function launch(place: Place): Promise<ChildProcess> {
  // After a crash, server processes may take a moment to end. Until then they hold the data.
  for (let attempt = 1; ; attempt++) {
    try {
      return await launchOnce(place);
    } catch (thrown) {
      if (attempt >= 5 || !String(thrown).includes('still in use')) throw thrown;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}

function launchOnce(place: Place): Promise<ChildProcess> {
  const server = [path.join(place.binaries, 'bin', 'postgres'), '-D', place.data, ...settingsOf(place)];
  const child = spawn('/bin/sh', ['-c', watcher, 'sh', place.socketFolder, ...server], {
    ...place.user,
    cwd: '/',
    env: { ...process.env, LC_ALL: 'C' },
    stdio: ['pipe', 'ignore', 'pipe'],
    // A separate session: Ctrl-C at the terminal reaches only the runner, which stops the server in order.
    detached: true,
  });
  child.stdin.on('error', () => {});
  return new Promise((resolve, reject) => {
    let said = '';
    let ready = false;
    createInterface({ input: child.stderr }).on('line', (line) => {
      if (!ready) said += `${line}\n`;
      place.log(/\b(FATAL|PANIC|WARNING)\b/.test(line) ? 'warn' : 'debug', line, { part: 'postgres' });
      if (line.includes('database system is ready to accept connections')) {
        ready = true;
        resolve(child);
      }
    });
    child.once('error', reject).once('exit', (code) => {
      if (ready && !asked.has(child)) place.log('error', `PostgreSQL ended by itself with exit status ${code}`, { part: 'postgres' });
      reject(new Error(`PostgreSQL ended with exit status ${code}: ${said}`));
    });
  });
}

/** Servers with a requested stop. */
const asked = new WeakSet<ChildProcess>();

async function end(child: ChildProcess, signal: 'INT' | 'QUIT'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  asked.add(child);
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.stdin?.end(`${signal}\n`);
  await gone;
}

/** Finds a port that is free now. Another process may take it before the server does; the start then fails with that message. */
async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve, reject) => probe.once('error', reject).listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
