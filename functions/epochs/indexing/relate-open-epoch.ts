import { EpochId } from '../../../contract/ids.ts';
import { room } from '../../../contract/frames.ts';
import { metric } from '../../../contract/names.ts';
import { termsOf } from '../../embeddings/words.ts';
import { withOutbox } from '../../platform/outbox.ts';
import { describeEpoch } from '../epochs/epoch-text.ts';
import { findCandidates } from '../links/find-candidates.ts';
import { relatedPerFrame } from './finish-epochs.ts';
import type { IndexApp } from './index-epochs.ts';
import { findAudience, listEpochsToIndex } from './index-store.ts';
import { discounted } from './link-epochs.ts';
import { findModels } from './model-store.ts';
import { createRarity } from '../learning/rarity.ts';
import { countRejections, insertLinks, listRelatedForRoom } from '../links/relate-store.ts';
import { likelyRelated } from '../links/likely-links.ts';

/** What the last messages say counts, however long they have been talking. */
const lastMessages = 12;

/**
 * Shows a room what its open epoch is related to so far: only what everybody who reads the stream may see. Safe to repeat: a link that is
 * there stays the same link. Throws `EmbeddingFailed` and `IndexUnavailable`; then it is not shown this time.
 */
export async function lookRelated(app: IndexApp, workspaceId: string, epochId: string): Promise<void> {
  const embedder = await app.memory.embedder();
  const read = await app.db.transaction(workspaceId, async (tx) => {
    const [[found], models, knowledge] = await Promise.all([
      listEpochsToIndex(tx, [epochId]),
      findModels(tx, embedder),
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
  const index = await app.memory.indexOf(embedder);
  const candidates = await findCandidates(index, { scope, text, vector, isOffline: embedder.isOffline, rarityOf: rarity.ofIndex });
  await tell(app, workspaceId, { epochId, streamId: found.epoch.streamId, lastEventAt: found.epoch.lastEventAt }, candidates);
}

async function tell(
  app: IndexApp,
  workspaceId: string,
  { epochId, streamId, lastEventAt }: { epochId: string; streamId: string; lastEventAt: string },
  candidates: Awaited<ReturnType<typeof findCandidates>>,
): Promise<void> {
  const now = app.clock.now();
  const found = await withOutbox(app, workspaceId, async (tx) => {
    const ids = candidates.map(({ id }) => id);
    const rejections = ids.length === 0 ? new Map<string, number>() : await countRejections(tx, ids);
    const likely = likelyRelated(candidates.map((one) => discounted(one, rejections)));
    const added = await insertLinks(
      tx,
      likely.map(({ id, score }) => ({ epochId, id, score })),
      now,
    );
    if (added === 0) return 0;
    const name = room.stream(workspaceId, streamId);
    const items = await listRelatedForRoom(tx, epochId, relatedPerFrame);
    tx.derive(name, { op: 'related', room: name, epochId: EpochId.parse(epochId), items });
    return added;
  });
  app.metrics.count(metric.linksFound, found);
  app.metrics.milliseconds(metric.relatedLatency, now.getTime() - Date.parse(lastEventAt));
}
