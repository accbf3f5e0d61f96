import type { Transaction } from '../../platform/database.ts';
import { withOutbox } from '../../platform/outbox.ts';
import type { OutboxApp } from '../../platform/outbox.ts';
import { enqueueChange } from '../events/change-event.ts';
import { findEventForRoom } from '../events/event-store.ts';
import { takePosition, touchEvent } from '../events/log-store.ts';
import { findStreamOfEvent } from './follow-up-store.ts';

/**
 * Refreshes an event whose shown state depends on another stream: it takes a new position, and its room gets it again. `note` stores what
 * is shown now, in the same transaction; if it returns false, nothing is refreshed.
 */
export async function refreshEvent(
  app: OutboxApp,
  workspaceId: string,
  eventId: string,
  note: (tx: Transaction) => Promise<boolean>,
): Promise<void> {
  await withOutbox(app, { workspaceId }, async (tx) => {
    if (!(await note(tx))) return;
    const streamId = await findStreamOfEvent(tx, eventId);
    if (streamId === undefined) return;
    const { seq, gen } = await takePosition(tx, streamId);
    touchEvent(tx, eventId, seq);
    const event = await findEventForRoom(tx, eventId);
    if (event) enqueueChange(tx, gen, event, { type: 'event:updated', actor: null, at: app.clock.now() });
  });
}
