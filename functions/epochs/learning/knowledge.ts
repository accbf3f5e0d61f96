import type { Transaction } from '../../platform/database.ts';
import { decodeAssociations } from '../segmenter/association-model.ts';
import { coldKnowledge } from '../segmenter/segmenter.ts';
import type { Knowledge } from '../segmenter/segmenter.ts';
import { findAssociations, findAssociationsVersion } from './association-store.ts';

/** Associations and term frequencies of workspaces, cached in the environment until a newer version exists. */
export interface KnowledgeSource {
  /** Returns the knowledge of a version that was just read, or a newer one; undefined means that nothing was learned yet. */
  of(tx: Transaction, version: number | undefined): Promise<Knowledge>;
  newest(tx: Transaction): Promise<Knowledge>;
}

/** Workspaces in the cache; each takes up to 2 MB. */
const maxCached = 20;

export function createKnowledge(): KnowledgeSource {
  const cached = new Map<string, { version: number; knowledge: Knowledge }>();
  const of = async (tx: Transaction, version: number | undefined): Promise<Knowledge> => {
    if (version === undefined) return coldKnowledge;
    const known = cached.get(tx.workspaceId);
    if (known && known.version >= version) return known.knowledge;
    const found = await findAssociations(tx);
    if (!found) return coldKnowledge;
    const associations = decodeAssociations(found.model);
    const knowledge: Knowledge = { ...coldKnowledge, background: associations.background, associations };
    if (cached.size >= maxCached) cached.delete(cached.keys().next().value ?? '');
    cached.set(tx.workspaceId, { version: found.version, knowledge });
    return knowledge;
  };
  return { of, newest: async (tx) => of(tx, await findAssociationsVersion(tx)) };
}
