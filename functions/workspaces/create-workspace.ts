import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import { newId, WorkspaceId } from '../../contract/ids.ts';
import { nameOf } from '../../contract/text.ts';
import type { App } from '../platform/app.ts';
import { formatApiKey, hashApiKeySecret } from '../platform/authenticate.ts';
import { newGeneration } from '../platform/generation.ts';
import { insertApiKey, insertWorkspace } from './store.ts';

/** The operator's input: `{"name": "Acme"}`. */
export const CreateWorkspace = z.strictObject({ name: nameOf(80) });

/** Creates a workspace and its first API key. The key is returned once; only its hash is stored. */
export async function createWorkspace(
  app: Pick<App, 'db' | 'clock'>,
  input: z.infer<typeof CreateWorkspace>,
): Promise<{ workspaceId: WorkspaceId; apiKey: string }> {
  const createdAt = app.clock.now();
  const workspaceId = WorkspaceId.parse(newId('workspace', createdAt.getTime()));
  const keyId = newId('apiKey', createdAt.getTime());
  const secret = randomBytes(32).toString('hex');
  await app.db.transaction({ workspaceId }, async (tx) => {
    await insertWorkspace(tx, { name: input.name, gen: newGeneration(), createdAt });
    await insertApiKey(tx, { id: keyId, name: 'first', secretHash: hashApiKeySecret(secret), createdAt });
  });
  return { workspaceId, apiKey: formatApiKey(keyId, workspaceId, secret) };
}
