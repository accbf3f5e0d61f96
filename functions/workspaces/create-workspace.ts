import * as z from 'zod';
import { keyScopes } from '../../contract/api-key.ts';
import { newId, WorkspaceId } from '../../contract/ids.ts';
import { nameOf } from '../../contract/text.ts';
import type { App } from '../platform/app.ts';
import { newGeneration } from '../platform/generation.ts';
import { makeKey } from './keys.ts';
import { insertWorkspace } from './store.ts';

/** The operator's input: `{"name": "Acme"}`. */
export const CreateWorkspace = z.strictObject({ name: nameOf(80) });

/** Creates a workspace and its first API key, which has all scopes. The key is returned once; only its hash is stored. */
export async function createWorkspace(
  app: Pick<App, 'db' | 'clock'>,
  input: z.infer<typeof CreateWorkspace>,
): Promise<{ workspaceId: WorkspaceId; apiKey: string }> {
  const createdAt = app.clock.now();
  const workspaceId = WorkspaceId.parse(newId('workspace', createdAt.getTime()));
  const { secret } = await app.db.transaction({ workspaceId }, async (tx) => {
    await insertWorkspace(tx, { name: input.name, gen: newGeneration(), createdAt });
    return makeKey(app, tx, 'system', { name: 'first', scopes: keyScopes, expiresAt: null, rotatedFrom: null });
  });
  return { workspaceId, apiKey: secret };
}
