import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import * as z from 'zod';
import { createStreambed } from '../client/http/http.ts';
import type { Streambed } from '../client/http/http.ts';
import { exitCodes, Failure } from './failure.ts';

/** Server, workspace and client that a command works with. */
export interface Connection {
  readonly baseUrl: string;
  readonly workspaceId: string;
  readonly streambed: Streambed;
}

/** Options that `withConnection` adds. */
export interface ConnectionOptions {
  readonly url?: string;
  readonly apiKey?: string;
  readonly workspace?: string;
  readonly demo?: boolean | string;
}

/** Adds the options that every command with a server takes. */
export const withConnection = (command: Command): Command =>
  command
    .option('--url <address>', 'where the service is; else STREAMBED_URL')
    .option('--api-key <key>', 'an API key of the workspace; else STREAMBED_API_KEY, which no list of processes shows')
    .option('--workspace <id>', 'the workspace; else the one that the API key names')
    .option('--demo [file]', 'take both from a local app: .local/demo.json unless told');

const Demo = z.object({ baseUrl: z.string(), apiKey: z.string() });

export function readDemo(demo: true | string): z.infer<typeof Demo> {
  const file = demo === true ? '.local/demo.json' : demo;
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    throw new Failure(`There is no ${file}: start the local app with "npm start", or give --url and --api-key.`, exitCodes.usage);
  }
  const parsed = Demo.safeParse(JSON.parse(text));
  if (!parsed.success) throw new Failure(`${file} does not say where a local app is.`, exitCodes.usage);
  return parsed.data;
}

/** Opens a connection from the options, with the environment as the fallback. */
export function openConnection(options: ConnectionOptions, environment: NodeJS.ProcessEnv = process.env): Connection {
  const demo = options.demo === undefined || options.demo === false ? undefined : readDemo(options.demo);
  const baseUrl = options.url ?? demo?.baseUrl ?? environment['STREAMBED_URL'];
  const apiKey = options.apiKey ?? demo?.apiKey ?? environment['STREAMBED_API_KEY'];
  if (baseUrl === undefined || baseUrl === '')
    throw new Failure('Where is the service? Give --url, STREAMBED_URL or --demo.', exitCodes.usage);
  if (!/^https?:\/\//.test(baseUrl)) throw new Failure(`--url must begin with https:// or http://, and is ${baseUrl}`, exitCodes.usage);
  if (apiKey === undefined || apiKey === '')
    throw new Failure('An API key is needed: STREAMBED_API_KEY, --api-key or --demo.', exitCodes.usage);
  const workspaceId = options.workspace ?? /_(ws_[0-9a-z]{26})_/.exec(apiKey)?.[1];
  if (workspaceId === undefined)
    throw new Failure('The API key names no workspace: it is not one of ours. They begin with "sbk_".', exitCodes.usage);
  return { baseUrl, workspaceId, streambed: createStreambed({ baseUrl, token: apiKey, timeoutMs: 60_000 }) };
}
