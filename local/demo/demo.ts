import type { DemoFiles, DemoProgress } from './demo-files.ts';
import { demoUsers, demoWorkspace } from './demo-story.ts';
import { callDemo, DemoRefused, tellStory } from './tell-story.ts';
import type { DemoUser } from './tell-story.ts';
import type { Functions } from '../types.ts';

/** Addresses and keys of the demo workspace: the content of `.local/demo.json`. */
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
  /** Files of the demo's progress. Without them each start creates its own workspace. */
  readonly files?: DemoFiles<Demo>;
  readonly createWorkspace: string;
}

/**
 * Creates the demo workspace on the first start, mints tokens for its users on every start, then publishes it. The next start continues
 * an interrupted one. Throws when the app refuses a request.
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
  // Stored first, so that an interrupted start continues in the same workspace.
  await files?.saveProgress(made);
  return { ...made, users: await mintTokens(baseUrl, made.apiKey) };
}

async function mintTokens(baseUrl: string, apiKey: string): Promise<DemoUser[]> {
  const users: DemoUser[] = [];
  // In sequence: parallel requests would start one environment each.
  for (const user of demoUsers) users.push(await mintToken(baseUrl, apiKey, user));
  return users;
}

async function mintToken(baseUrl: string, apiKey: string, user: (typeof demoUsers)[number]): Promise<DemoUser> {
  const month = 2_592_000;
  const body = { userId: user.id, name: user.name, email: user.email, role: user.role, expiresInSeconds: month };
  const { token } = (await callDemo(baseUrl, { path: '/v1/tokens', token: apiKey, body })) as { token: string };
  return { id: user.id, name: user.name, token };
}
