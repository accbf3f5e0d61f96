import type { Epoch } from '../../../contract/epoch.ts';
import { room } from '../../../contract/frames.ts';
import { EpochId } from '../../../contract/ids.ts';
import { metric } from '../../../contract/names.ts';
import type { App } from '../../platform/app.ts';
import { withOutbox } from '../../platform/outbox.ts';
import type { OutboxTransaction } from '../../platform/outbox.ts';
import { listNewest, noteIndexed, takeRevs } from './finish-store.ts';
import type { FinishedEpoch } from './finish-store.ts';
import type { DescribedEpoch } from './index-store.ts';
import { listRelatedForRoom, replaceLinks } from '../links/relate-store.ts';
import type { Likely } from '../links/likely-links.ts';
import { tellEpochs } from '../epochs/announce-epochs.ts';

type FinishApp = Pick<App, 'db' | 'queues' | 'fanOutQueueUrl' | 'clock' | 'log' | 'metrics'>;

/** As many as a panel shows. */
export const relatedPerFrame = 5;

/** Notes epochs as indexed, with their labels and links, and tells their rooms. */
export async function finishEpochs(
  app: FinishApp,
  workspaceId: string,
  epochs: readonly DescribedEpoch[],
  links: ReadonlyMap<string, readonly Likely[]>,
): Promise<void> {
  const now = app.clock.now();
  await withOutbox(app, workspaceId, async (tx) => {
    const revs = await takeRevs(tx, [...new Set(epochs.map(({ epoch }) => epoch.streamId))]);
    const finished = epochs.map(({ epoch: { id }, contentRev, described }): FinishedEpoch => {
      const { label, terms, snippet, messageCount } = described;
      return { id, contentRev, label, terms, snippet, messageCount };
    });
    const noted = await noteIndexed(tx, finished, revs, now);
    if (links.size > 0) await replaceLinks(tx, links, now);
    for (const [streamId, items] of Map.groupBy(noted, ({ streamId }) => streamId))
      tellEpochs(tx, streamId, { rev: revs.get(streamId) ?? 0, epochs: items });
    await tellRelated(tx, noted, now);
  });
  app.metrics.count(metric.linksFound, [...links.values()].flat().length);
}

/** What was said longer ago than this is on nobody's screen because of it. */
const recentMs = 60 * 60_000;

/** Who is in the room sees what the newest epoch was related to when it closed. */
async function tellRelated(tx: OutboxTransaction, epochs: readonly Epoch[], now: Date): Promise<void> {
  const recent = epochs.filter(({ lastEventAt }) => now.getTime() - Date.parse(lastEventAt) < recentMs);
  if (recent.length === 0) return;
  const newest = await listNewest(
    tx,
    recent.map(({ id }) => id),
  );
  for (const { id, streamId } of newest) {
    const name = room.stream(tx.workspaceId, streamId);
    const items = await listRelatedForRoom(tx, id, relatedPerFrame);
    tx.derive(name, { op: 'related', room: name, epochId: EpochId.parse(id), items });
  }
}
