import type { Transaction } from '../../platform/database.ts';
import { decodeAssociations } from '../segmenter/association-model.ts';
import { findAssociations, findAssociationsVersion } from './association-store.ts';
import { coldKnowledge } from '../segmenter/segmenter.ts';
import type { Knowledge } from '../segmenter/segmenter.ts';

/** What is known of how a workspace speaks, kept in the environment until there is a newer version. */
export interface KnowledgeSource {
  /** Of a version that was just read; undefined: nothing was learned yet. */
  of(tx: Transaction, version: number | undefined): Promise<Knowledge>;
  newest(tx: Transaction): Promise<Knowledge>;
}

/** Workspaces whose knowledge is held at once: each is up to a megabyte or two. */
const maxHeld = 20;

export function createKnowledge(): KnowledgeSource {
  const held = new Map<string, { version: number; knowledge: Knowledge }>();
  const of = async (tx: Transaction, version: number | undefined): Promise<Knowledge> => {
    if (version === undefined) return coldKnowledge;
    const known = held.get(tx.workspaceId);
    if (known && known.version >= version) return known.knowledge;
    const found = await findAssociations(tx);
    if (!found) return coldKnowledge;
    const associations = decodeAssociations(found.model);
    const knowledge: Knowledge = { ...coldKnowledge, background: associations.background, associations };
    if (held.size >= maxHeld) held.delete(held.keys().next().value ?? '');
    held.set(tx.workspaceId, { version: found.version, knowledge });
    return knowledge;
  };
  return { of, newest: async (tx) => of(tx, await findAssociationsVersion(tx)) };
}
