import { createHash } from 'node:crypto';
import type { Draft, Sent } from './message.ts';

const windowMilliseconds = 5 * 60_000;

export interface Deduplication {
  find(draft: Draft): Sent | undefined;
  remember(draft: Draft, sent: Sent): void;
}

/** Deduplication ids of a FIFO queue in the last five minutes, including those of deleted messages. */
export function deduplication(scope: 'queue' | 'messageGroup'): Deduplication {
  const seen = new Map<string, Sent>();
  const keyOf = ({ groupId, deduplicationId }: Draft) => (scope === 'queue' ? `${deduplicationId}` : `${groupId} ${deduplicationId}`);
  const dropOld = () => {
    const oldest = Date.now() - windowMilliseconds;
    // Ordered by time: the first recent entry ends the loop.
    for (const [key, { sentAt }] of seen) {
      if (sentAt > oldest) break;
      seen.delete(key);
    }
  };
  return {
    find: (draft) => {
      dropOld();
      return seen.get(keyOf(draft));
    },
    // Stores the ids only, so that bodies can be freed.
    remember: (draft, { id, sequenceNumber, sentAt }) => void seen.set(keyOf(draft), { id, sequenceNumber, sentAt }),
  };
}

/** Deduplication id of a queue with content-based deduplication. */
export const contentId = (body: string): string => createHash('sha256').update(body).digest('hex');
