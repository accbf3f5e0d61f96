import { metric } from '../../../contract/names.ts';
import { termsOf } from '../../embeddings/words.ts';
import { withOutbox } from '../../platform/outbox.ts';
import { listEpochContents } from '../epochs/epoch-store.ts';
import { describeEpoch } from '../epochs/epoch-text.ts';
import { createRarity } from '../learning/rarity.ts';
import { announceRelated } from '../links/announce-related.ts';
import { chooseLinks, discountRejected } from '../links/choose-links.ts';
import { findCandidates } from '../links/find-candidates.ts';
import type { EpochCandidate } from '../links/find-candidates.ts';
import { countRejections, insertLinks } from '../links/link-store.ts';
import type { IndexApp } from './index-epochs.ts';
import { ensureModels, findAudience } from './index-store.ts';

/** The newest messages of the epoch, which are compared: its subject is what people say now. */
const lastMessages = 12;

/**
 * Links an open epoch with earlier ones while people write in it, and sends its room those that every reader may see. Safe to repeat: an
 * existing link stays the same link. Throws `EmbeddingFailed` and `IndexUnavailable`; the next message of the stream tries again.
 */
export async function relateOpenEpoch(app: IndexApp, workspaceId: string, epochId: string): Promise<void> {
  const embedder = await app.index.embedder();
  const read = await app.db.transaction({ workspaceId }, async (tx) => {
    const [[found], models, knowledge] = await Promise.all([
      listEpochContents(tx, [epochId]),
      ensureModels(tx, embedder),
      app.knowledge.newest(tx),
    ]);
    if (found?.epoch.status !== 'open') return undefined;
    return { found, models, rarity: createRarity(knowledge), audience: await findAudience(tx, found.epoch.streamId) };
  });
  if (!read || read.models.active.model !== embedder.model) return;
  const { found, rarity, audience } = read;
  const { text } = describeEpoch(found.texts.slice(-lastMessages), rarity.ofTerm);
  if (termsOf(text).length < 2) return;
  const [vector] = await embedder.embed([text], 'document');
  if (!vector) return;
  const scope = { workspaceId, kinds: ['epoch'], readable: audience, before: new Date(found.epoch.openedAt) } as const;
  const index = await app.index.open(embedder);
  const candidates = await findCandidates(index, { scope, text, vector, isOffline: embedder.isOffline, rarityOf: rarity.ofIndex });
  await insertAndAnnounce(app, workspaceId, { epochId, streamId: found.epoch.streamId, lastEventAt: found.epoch.lastEventAt }, candidates);
}

async function insertAndAnnounce(
  app: IndexApp,
  workspaceId: string,
  { epochId, streamId, lastEventAt }: { epochId: string; streamId: string; lastEventAt: string },
  candidates: readonly EpochCandidate[],
): Promise<void> {
  const now = app.clock.now();
  const inserted = await withOutbox(app, { workspaceId }, async (tx) => {
    const ids = candidates.map(({ id }) => id);
    const rejections = ids.length === 0 ? new Map<string, number>() : await countRejections(tx, ids);
    const links = chooseLinks(candidates.map((one) => discountRejected(one, rejections)));
    const added = await insertLinks(
      tx,
      links.map(({ id, score }) => ({ epochId, id, score })),
      now,
    );
    if (added > 0) await announceRelated(tx, streamId, epochId);
    return added;
  });
  app.metrics.count(metric.linksFound, inserted);
  app.metrics.milliseconds(metric.relatedLatency, now.getTime() - Date.parse(lastEventAt));
}
