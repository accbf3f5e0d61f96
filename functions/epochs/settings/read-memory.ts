import type { MemoryStatus } from '../../../contract/epoch.ts';
import { localModel } from '../../embeddings/local-embedder.ts';
import type { App } from '../../platform/app.ts';
import type { ApiKeyCaller, UserCaller } from '../../platform/authenticate.ts';
import { accessMember } from '../../streams/access.ts';
import type { IndexHandle } from '../index-handle.ts';
import { findNewestJob } from '../indexing/job-store.ts';
import { countMemory, findMemoryModels } from './memory-store.ts';
import type { MemoryModels } from './memory-store.ts';

type StatusApp = Pick<App, 'db' | 'clock'> & { readonly index: IndexHandle };

/** Returns the state of memory in a workspace, its models, and its newest job. */
export async function readMemory(app: StatusApp, caller: UserCaller | ApiKeyCaller): Promise<MemoryStatus> {
  const { counts, models, job } = await app.db.transaction(caller, async (tx) => {
    if (caller.kind === 'user') await accessMember(tx, caller);
    const [counts, models, job] = await Promise.all([countMemory(tx, app.clock.now()), findMemoryModels(tx), findNewestJob(tx)]);
    return { counts, models, job };
  });
  return {
    workspaceId: caller.workspaceId,
    state: counts.state,
    embedder: await embedderOf(app, models),
    streamsBehind: counts.streamsBehind,
    epochsWaiting: counts.epochsWaiting,
    waitingSince: counts.waitingSince?.toISOString() ?? null,
    epochCount: counts.epochCount,
    associations: models.associations,
    job: job ?? null,
  };
}

/** The embedder of the workspace's index; the configured one while nothing is indexed. */
async function embedderOf({ index }: StatusApp, { model }: MemoryModels): Promise<MemoryStatus['embedder']> {
  if (model) return { ...model, isOffline: model.model === localModel };
  const configured = await index.embedder();
  return { model: configured.model, dimension: configured.dimension, isOffline: configured.isOffline };
}
