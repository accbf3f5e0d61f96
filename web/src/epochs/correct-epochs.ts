import type { MemoryClient } from '../../../client/http/memory-client.ts';
import type { Epoch } from '../../../contract/epoch.ts';
import type { Notice } from '../workspace/page-actions.ts';
import { noticeOf } from '../workspace/stream-actions.ts';
import { labelOf } from './epoch-words.ts';

/** The clients and callbacks that corrections use. */
export interface CorrectionServices {
  readonly memory: MemoryClient;
  readonly tell: (notice: Notice) => void;
  /** Reads the epochs again after a correction. */
  readonly reload: () => void;
}

/** Merges an epoch into the one before it. Undo splits them again; the new epoch keeps a name that a member gave. */
export async function mergeEpoch(epoch: Epoch, { memory, tell, reload }: CorrectionServices): Promise<void> {
  // Undo splits at the first event of the merged epoch.
  const first = (await memory.epoch(epoch.id, { limit: 1 })).events[0];
  const { items } = await memory.mergeEpoch(epoch.id, { ifMatch: epoch.rev });
  reload();
  const whole = items[0];
  const undo = async (): Promise<void> => {
    if (!whole || !first) return;
    const parts = await memory.splitEpoch(whole.id, { eventId: first.id });
    const second = parts.items.find(({ firstSeq }) => firstSeq === epoch.firstSeq);
    if (second && epoch.labelSource === 'member') await memory.updateEpoch(second.id, { label: epoch.label });
    reload();
  };
  const failed = (error: unknown): void => tell(noticeOf(error));
  tell({
    text: `“${labelOf(epoch)}” is part of the topic above.`,
    ...(first && { action: { label: 'Undo', run: () => void undo().catch(failed) } }),
  });
}

/** Splits an epoch at an event. Undo merges the two again. */
export async function splitEpoch(epoch: Epoch, eventId: string, { memory, tell, reload }: CorrectionServices): Promise<void> {
  const { items } = await memory.splitEpoch(epoch.id, { eventId });
  reload();
  const second = items.find(({ id }) => id !== epoch.id);
  const undo = async (): Promise<void> => {
    if (!second) return;
    await memory.mergeEpoch(second.id);
    reload();
  };
  tell({
    text: 'A new topic begins here.',
    action: { label: 'Undo', run: () => void undo().catch((error: unknown) => tell(noticeOf(error))) },
  });
}
