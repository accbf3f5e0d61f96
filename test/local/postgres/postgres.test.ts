import { afterEach, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { startPostgres, type Postgres } from '../../../local/postgres/postgres.ts';

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});
const definition = { username: 'bed_owner', password: "it's secret", database: 'bed' };

async function start(dataFolder?: string): Promise<Postgres> {
  const postgres = await startPostgres({ dataFolder, log: () => {} });
  cleanups.push(() => postgres.stop());
  await postgres.prepare(definition);
  return postgres;
}

async function ask(dsn: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: dsn });
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows.map((row) => Object.values(row)[0]);
  } finally {
    await client.end();
  }
}

async function folder(): Promise<string> {
  const parent = await mkdtemp(path.join(tmpdir(), 'streambed-test-'));
  // For root the server runs as another user, who needs access to the folder.
  await chmod(parent, 0o755);
  cleanups.push(() => rm(parent, { recursive: true, force: true }));
  return path.join(parent, 'postgres');
}

test('The owner is no superuser but may make databases and roles; the database is UTF-8 and sorts the same everywhere', async () => {
  const postgres = await start();
  expect(
    await ask(postgres.ownerDsn(), 'select rolsuper::text || rolcreatedb || rolcreaterole from pg_roles where rolname = current_user'),
  ).toEqual(['falsetruetrue']);
  expect(
    await ask(
      postgres.ownerDsn(),
      "select pg_encoding_to_char(encoding) || ' ' || datlocprovider::text from pg_database where datname = 'bed'",
    ),
  ).toEqual(['UTF8 b']);
  expect(await ask(postgres.superuserDsn(), "select current_setting('is_superuser')")).toEqual(['on']);
  const wrong = postgres.ownerDsn().replace(/:[^:@]*@/, ':wrong@');
  await expect(ask(wrong, 'select 1')).rejects.toThrow('password authentication failed');
});

test('What was committed is there after a crash and a restart, on the same port', async () => {
  const postgres = await start(await folder());
  await ask(postgres.ownerDsn(), 'create table kept as select 42 as answer');
  const { port } = postgres;
  await postgres.restart('crash');
  expect(await ask(postgres.ownerDsn(), 'select answer from kept')).toEqual([42]);
  await postgres.restart('orderly');
  expect(await ask(postgres.ownerDsn(), 'select answer from kept')).toEqual([42]);
  expect(postgres.port).toBe(port);
});

test('A later start finds the data, with the password of that start', async () => {
  const data = await folder();
  const first = await start(data);
  await ask(first.ownerDsn(), 'create table kept as select 1 as n');
  await first.stop();
  const second = await startPostgres({ dataFolder: data, log: () => {} });
  cleanups.push(() => second.stop());
  await second.prepare({ ...definition, password: 'another one' });
  expect(await ask(second.ownerDsn(), 'select n from kept')).toEqual([1]);
});

test.each([
  ['ends with it', 'SIGKILL', false],
  ['is ended by the next start where even its watcher was killed', 'SIGKILL', true],
] as const)('The server of a process that was killed %s', async (_, signal, watcherToo) => {
  const data = await folder();
  const script = `
    import { startPostgres } from ${JSON.stringify(path.resolve('local/postgres/postgres.ts'))};
    const postgres = await startPostgres({ dataFolder: ${JSON.stringify(data)}, log: () => {} });
    await postgres.prepare(${JSON.stringify(definition)});
    console.log(postgres.ownerDsn());
    setInterval(() => {}, 1000);`;
  const { NODE_OPTIONS: _options, ...env } = process.env;
  const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', script], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  cleanups.push(async () => child.kill('SIGKILL'));
  const dsn = await new Promise<string>((resolve) => child.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString().trim())));
  await ask(dsn, 'create table kept as select 7 as n');
  const serverPid = Number(readFileSync(path.join(data, 'postmaster.pid'), 'utf8').split('\n')[0]);
  if (watcherToo) process.kill(parentOf(serverPid), signal);
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill(signal);
  await gone;
  const again = await start(data);
  expect(await ask(again.ownerDsn(), 'select n from kept')).toEqual([7]);
  await again.stop();
  expect(existsSync(path.join(data, 'postmaster.pid'))).toBe(false);
});

const parentOf = (pid: number): number => Number(/^PPid:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
