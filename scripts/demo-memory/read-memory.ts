import { setTimeout as delay } from 'node:timers/promises';
import { Failure } from '../../cli/failure.ts';
import { api } from '../../contract/api.ts';
import type { Epoch, MemoryStatus, Related } from '../../contract/epoch.ts';
import type { Streambed } from '../../client/http/http.ts';
import { speakerOf } from './tell-story.ts';
import type { Telling } from './tell-story.ts';

/** An epoch with its related epochs, earlier and later ones, best first. */
export interface RememberedEpoch extends Epoch {
  readonly related: readonly Related[];
}

/** Related epochs before this one. */
export const earlierThan = ({ openedAt, related }: RememberedEpoch): Related[] => related.filter((link) => link.openedAt < openedAt);

export interface RememberedStream {
  readonly slug: string;
  readonly name: string;
  readonly streamId: string;
  /** Oldest first. */
  readonly epochs: readonly RememberedEpoch[];
}

/** Time without progress after which waiting ends. Failed work is retried within three minutes. */
const patienceMs = 200_000;

/** Waits until every message is in an epoch and every closed epoch is indexed. Reports the status meanwhile. */
export async function waitForMemory({ own }: Telling, onWaiting: (status: MemoryStatus) => void): Promise<MemoryStatus> {
  const params = { workspaceId: own.workspaceId };
  let movedAt = performance.now();
  let shown = '';
  for (;;) {
    const status = await own.streambed.call(api.epochs.readMemory, { params });
    if (status.state === 'off') throw new Failure('This app keeps no memory: it has no index or no embedder.');
    if (status.state === 'current' && status.streamsBehind === 0 && status.epochsWaiting === 0) return status;
    const now = JSON.stringify([status.streamsBehind, status.epochsWaiting, status.epochCount]);
    if (now !== shown) {
      shown = now;
      movedAt = performance.now();
      onWaiting(status);
    } else if (performance.now() - movedAt > patienceMs) {
      throw new Failure(`Memory stands still: ${status.streamsBehind} streams are behind, and ${status.epochsWaiting} epochs wait.`);
    }
    await delay(200);
  }
}

/** Epochs of every stream of the story, as a member of all of them sees them. */
export async function readEpochs(telling: Telling): Promise<RememberedStream[]> {
  const { story, speakers, streamIds } = telling;
  const seesAll = story.people.find(({ id }) => story.streams.every(({ memberIds }) => memberIds.includes(id)));
  const { streambed } = speakerOf(speakers, seesAll?.id);
  const streams: RememberedStream[] = [];
  for (const { slug, name } of story.streams) {
    const streamId = streamIds.get(slug) ?? '';
    const epochs = await listEpochs(streambed, telling.own.workspaceId, streamId);
    streams.push({ slug, name, streamId, epochs });
  }
  return streams;
}

/** The server's maximum, so that earlier epochs are among them. */
const maxRelated = 20;

async function listEpochs(streambed: Streambed, workspaceId: string, streamId: string): Promise<RememberedEpoch[]> {
  const epochs: RememberedEpoch[] = [];
  let cursor: string | null = null;
  do {
    const query: { limit: number; cursor?: string } = { limit: 200, ...(cursor !== null && { cursor }) };
    const page = await streambed.call(api.epochs.listEpochs, { params: { workspaceId, streamId }, query });
    for (const epoch of page.items) {
      const params = { workspaceId, epochId: epoch.id };
      const { items } = await streambed.call(api.epochs.listEpochRelated, { params, query: { limit: maxRelated } });
      epochs.unshift({ ...epoch, related: items });
    }
    cursor = page.nextCursor;
  } while (cursor !== null);
  return epochs;
}
