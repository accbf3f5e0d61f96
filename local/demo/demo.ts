import type { DemoFiles, DemoProgress } from './demo-files.ts';
import { demoUsers, demoWorkspace } from './demo-story.ts';
import { callDemo, DemoRefused, tellStory } from './tell-story.ts';
import type { DemoUser } from './tell-story.ts';
import type { Functions } from '../types.ts';

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
  /** Where the demo is kept for the next start and published; without them each start makes its own. */
  readonly files?: DemoFiles<Demo>;
  readonly createWorkspace: string;
}

/**
 * Makes the demo workspace on the first start and mints tokens for its users on every start, then publishes it. A start that was cut short
 * is continued by the next one. Throws when the app refuses a request.
 */
export async function prepareDemo(options: DemoOptions): Promise<Demo> {
  const { baseUrl, wsUrl, files } = options;
  const kept = files?.readProgress();
  const { workspaceId, apiKey, seeded, users } = (kept && (await reopen(baseUrl, kept))) ?? (await begin(options));
  if (!seeded) await tellStory(baseUrl, workspaceId, users);
  await files?.saveProgress({ workspaceId, apiKey, seeded: true });
  const demo = { baseUrl, wsUrl, workspaceId, users, apiKey };
  await files?.publish(demo);
  return demo;
}

interface OpenDemo extends DemoProgress {
  readonly users: readonly DemoUser[];
}

/** Returns undefined when the database does not know the workspace: `POSTGRES_DSN` may name another server than it did before. */
async function reopen(baseUrl: string, kept: DemoProgress): Promise<OpenDemo | undefined> {
  try {
    return { ...kept, users: await mintTokens(baseUrl, kept.apiKey) };
  } catch (thrown) {
    if (thrown instanceof DemoRefused && thrown.status === 401) return undefined;
    throw thrown;
  }
}

async function begin({ baseUrl, functions, files, createWorkspace }: DemoOptions): Promise<OpenDemo> {
  const result = await functions.invoke(createWorkspace, { name: demoWorkspace });
  if (!result.ok) throw new Error(`The demo workspace could not be made: ${result.error.errorMessage}`);
  const made = { ...(result.payload as { workspaceId: string; apiKey: string }), seeded: false };
  // Before anything else: a start that is cut short from here on is continued in the same workspace.
  await files?.saveProgress(made);
  return { ...made, users: await mintTokens(baseUrl, made.apiKey) };
}

async function mintTokens(baseUrl: string, apiKey: string): Promise<DemoUser[]> {
  const users: DemoUser[] = [];
  // One after the other: at the same time they would start an environment each.
  for (const user of demoUsers) users.push(await mintToken(baseUrl, apiKey, user));
  return users;
}

async function mintToken(baseUrl: string, apiKey: string, user: (typeof demoUsers)[number]): Promise<DemoUser> {
  const month = 2_592_000;
  const body = { userId: user.id, name: user.name, email: user.email, role: user.role, expiresInSeconds: month };
  const { token } = (await callDemo(baseUrl, { path: '/v1/tokens', token: apiKey, body })) as { token: string };
  return { id: user.id, name: user.name, token };
}
