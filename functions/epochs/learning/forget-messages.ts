import type { Transaction } from '../../platform/database.ts';
import { decodeAssociations, encodeAssociations, withoutMessages } from '../segmenter/association-model.ts';
import { readCues } from '../segmenter/cues.ts';
import { lockAssociations, storeForgotten } from './association-store.ts';

/** Takes the words of texts out of the workspace's model, where too few other messages have them. Locks the model. */
export async function forgetMessages(tx: Transaction, texts: readonly string[]): Promise<void> {
  const spoken = texts.map((text) => readCues(text).terms).filter((terms) => terms.length > 0);
  if (spoken.length === 0) return;
  const stored = await lockAssociations(tx);
  if (!stored) return;
  const rest = withoutMessages(decodeAssociations(stored.model), spoken);
  if (rest) storeForgotten(tx, encodeAssociations(rest));
}
