import { existsSync, readFileSync } from 'node:fs';
import { writeFile, rename } from 'node:fs/promises';
import type { Functions } from './types.ts';
import { demoUsers, demoWorkspace } from './demo-story.ts';
import { callDemo, tellStory } from './tell-story.ts';
import type { DemoUser } from './tell-story.ts';

/** A workspace to try things in, and the keys to it: what `.local/demo.json` holds. */
export interface Demo {
  readonly baseUrl: string;
  readonly wsUrl: string;
  readonly workspaceId: string;
  readonly users: readonly DemoUser[];
  readonly apiKey: string;
}

interface DemoOptions {
  readonly baseUrl: string;
  readonly wsUrl: string;
  readonly functions: Functions;
  /** Where the demo is written down, and found again by the next start; none: it is new each time. */
  readonly file?: string;
  readonly createWorkspace: string;
}

interface Kept extends Demo {
  /** The conversation is there to its end. */
  readonly seeded: boolean;
}

/** Makes the demo workspace on the first start; later ones give its users new tokens. */
export async function prepareDemo(options: DemoOptions): Promise<Demo> {
  const { baseUrl, wsUrl, file } = options;
  const before = file !== undefined && existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Kept) : undefined;
  const { workspaceId, apiKey } = before ?? (await createWorkspace(options));
  // Written at once: a start that is cut short here goes on with the same workspace next time.
  const keep = async (users: readonly DemoUser[], seeded: boolean): Promise<void> => {
    if (file !== undefined) await save(file, { baseUrl, wsUrl, workspaceId, users, apiKey, seeded });
  };
  await keep(before?.users ?? [], before?.seeded ?? false);
  const users: DemoUser[] = [];
  // One after the other: at the same time they would start an environment each.
  for (const user of demoUsers) users.push(await mintToken(baseUrl, apiKey, user));
  if (before?.seeded !== true) await tellStory(baseUrl, workspaceId, users);
  await keep(users, true);
  return { baseUrl, wsUrl, workspaceId, users, apiKey };
}

async function createWorkspace({ functions, createWorkspace: name }: DemoOptions): Promise<{ workspaceId: string; apiKey: string }> {
  const result = await functions.invoke(name, { name: demoWorkspace });
  if (!result.ok) throw new Error(`The demo workspace could not be made: ${result.error.errorMessage}`);
  return result.payload as { workspaceId: string; apiKey: string };
}

async function mintToken(baseUrl: string, apiKey: string, user: (typeof demoUsers)[number]): Promise<DemoUser> {
  const month = 2_592_000;
  const body = { userId: user.id, name: user.name, email: user.email, role: user.role, expiresInSeconds: month };
  const { token } = (await callDemo(baseUrl, { path: '/v1/tokens', token: apiKey, body })) as { token: string };
  return { id: user.id, name: user.name, token };
}

async function save(file: string, kept: Kept): Promise<void> {
  await writeFile(`${file}.new`, `${JSON.stringify(kept, undefined, 2)}\n`, { mode: 0o600 });
  await rename(`${file}.new`, file);
}
