import { createHash } from 'node:crypto';
import type { Draft, Sent } from './message.ts';

const windowMilliseconds = 5 * 60_000;

export interface Deduplication {
  find(draft: Draft): Sent | undefined;
  remember(draft: Draft, sent: Sent): void;
}

/** Remembers for five minutes which deduplication ids a FIFO queue has seen, deleted messages included. */
export function deduplication(scope: 'queue' | 'messageGroup'): Deduplication {
  const seen = new Map<string, Sent>();
  const keyOf = ({ groupId, deduplicationId }: Draft) => (scope === 'queue' ? `${deduplicationId}` : `${groupId} ${deduplicationId}`);
  const dropOld = () => {
    const oldest = Date.now() - windowMilliseconds;
    // In the order of sending: the first that is young enough ends it.
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
    // Not the message itself: its body need not be kept for that long.
    remember: (draft, { id, sequenceNumber, sentAt }) => void seen.set(keyOf(draft), { id, sequenceNumber, sentAt }),
  };
}

/** The deduplication id of a queue that takes the content for it. */
export const contentId = (body: string): string => createHash('sha256').update(body).digest('hex');
