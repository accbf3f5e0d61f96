import type { IndexApp } from './index-epochs.ts';
import { listVisibility } from './index-store.ts';
import { findModels } from './model-store.ts';
import type { Model } from './model-store.ts';

type FollowApp = Pick<IndexApp, 'db' | 'memory'>;

/** Takes an epoch that is no more out of the index. */
export async function forgetEpoch(app: FollowApp, workspaceId: string, epochId: string): Promise<void> {
  for (const model of await modelsOf(app, workspaceId)) {
    const index = await app.memory.indexOf(model);
    await index.remove(workspaceId, [epochId]);
  }
}

/**
 * Tells the index who may see a stream, as it is now. It only narrows what is looked through: whoever is shown something was checked in the
 * database.
 */
export async function moveAccess(app: FollowApp, workspaceId: string, streamId: string): Promise<void> {
  const streams = await app.db.transaction(workspaceId, (tx) => listVisibility(tx, streamId));
  for (const model of await modelsOf(app, workspaceId)) {
    const index = await app.memory.indexOf(model);
    for (const { id, isPublic } of streams) await index.setVisibility({ workspaceId, streamId: id }, isPublic ? 'public' : 'private');
  }
}

async function modelsOf(app: FollowApp, workspaceId: string): Promise<Model[]> {
  const embedder = await app.memory.embedder();
  const { active, next } = await app.db.transaction(workspaceId, (tx) => findModels(tx, embedder));
  return next ? [active, next] : [active];
}
