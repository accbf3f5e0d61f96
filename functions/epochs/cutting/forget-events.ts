import type { Transaction } from '../../platform/database.ts';
import { forgetMessages } from '../learning/forget-messages.ts';
import { clearEpochsAt, clearStatesOf, deleteVectorsOf, listLinkingStreams, lockCursors } from './forget-store.ts';

/** An event whose text is purged, with the texts that memory may know: its last one, or those before its edits. */
export interface ForgottenEvent {
  readonly streamId: string;
  readonly seq: number;
  readonly texts: readonly string[];
}

/** Epochs and rooms that held texts of forgotten events. */
export interface Forgotten {
  /** Closed epochs that wait to be indexed again. */
  readonly closed: readonly string[];
  /** Streams whose rooms were sent descriptions of these epochs: their own, and those of epochs that link to them. */
  readonly streamIds: readonly string[];
}

/**
 * Takes the texts of events out of memory: descriptions, segmenter states, vectors and learned words. Closed epochs wait to be indexed
 * again; the state of an open one is rebuilt from the messages that remain. Locks the cursors of the streams first, so that no worker
 * cuts meanwhile.
 */
export async function forgetEvents(tx: Transaction, events: readonly ForgottenEvent[], now: Date): Promise<Forgotten> {
  if (events.length === 0) return { closed: [], streamIds: [] };
  const streamIds = [...new Set(events.map(({ streamId }) => streamId))].toSorted();
  await lockCursors(tx, streamIds);
  const epochs = await clearEpochsAt(tx, events, now);
  const epochIds = epochs.map(({ id }) => id);
  const linking = epochIds.length === 0 ? [] : await listLinkingStreams(tx, epochIds);
  if (epochIds.length > 0) deleteVectorsOf(tx, epochIds);
  await forgetMessages(
    tx,
    events.flatMap(({ texts }) => texts),
  );
  const closed = epochs.filter(({ status }) => status === 'closed').map(({ id }) => id);
  return { closed, streamIds: [...new Set([...streamIds, ...linking])] };
}

/** Takes an author out of the segmenter's state of a stream, which is rebuilt with the next message. Locks the cursor of the stream. */
export async function forgetAuthor(tx: Transaction, streamId: string, userId: string): Promise<void> {
  await lockCursors(tx, [streamId]);
  await clearStatesOf(tx, streamId, userId);
}
