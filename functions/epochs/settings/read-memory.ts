import type { MemoryStatus } from '../../../contract/epoch.ts';
import { localModel } from '../../embeddings/local-embedder.ts';
import type { App } from '../../platform/app.ts';
import type { ApiKeyCaller, UserCaller } from '../../platform/authenticate.ts';
import { accessMember } from '../../streams/access.ts';
import { findNewestJob } from '../indexing/job-store.ts';
import type { Memory } from '../index-handle.ts';
import { countMemory, findStanding } from './status-store.ts';
import type { Standing } from './status-store.ts';

type StatusApp = Pick<App, 'db' | 'clock'> & { readonly memory: Memory };

/** How far memory is in a workspace, what it stands on, and what long work is done on it. */
export async function readMemory(app: StatusApp, caller: UserCaller | ApiKeyCaller): Promise<MemoryStatus> {
  const { counts, standing, job } = await app.db.transaction(caller.workspaceId, async (tx) => {
    if (caller.kind === 'user') await accessMember(tx, caller);
    const [counts, standing, job] = await Promise.all([countMemory(tx, app.clock.now()), findStanding(tx), findNewestJob(tx)]);
    return { counts, standing, job };
  });
  return {
    workspaceId: caller.workspaceId,
    state: counts.state,
    embedder: await embedderOf(app, standing),
    streamsBehind: counts.streamsBehind,
    epochsWaiting: counts.epochsWaiting,
    waitingSince: counts.waitingSince?.toISOString() ?? null,
    epochCount: counts.epochCount,
    associations: standing.associations,
    job: job ?? null,
  };
}

/** The one that the workspace is indexed with; before anything is, the one that will be. */
async function embedderOf({ memory }: StatusApp, { model }: Standing): Promise<MemoryStatus['embedder']> {
  if (model) return { ...model, isOffline: model.model === localModel };
  const configured = await memory.embedder();
  return { model: configured.model, dimension: configured.dimension, isOffline: configured.isOffline };
}
