import * as z from 'zod';
import { readDemo } from '../connection.ts';
import { Failure } from '../failure.ts';

const Made = z.object({ workspaceId: z.string(), apiKey: z.string() });

/** Creates a workspace in a local app. In AWS an operator invokes a function instead, see docs/deploy.md. */
export async function makeLocalWorkspace(name: string, options: { readonly url?: string; readonly signal: AbortSignal }): Promise<void> {
  const baseUrl = options.url ?? readDemo(true).baseUrl;
  const response = await fetch(`${baseUrl}/local/workspaces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name }),
    signal: options.signal,
  }).catch((error: unknown) => {
    throw new Failure(`No local app answers at ${baseUrl}: ${(error as Error).message}`);
  });
  const text = await response.text();
  if (response.status !== 201) throw new Failure(`${baseUrl} made no workspace: it answered ${response.status} ${text}`);
  process.stdout.write(`${JSON.stringify(Made.parse(JSON.parse(text)))}\n`);
}
