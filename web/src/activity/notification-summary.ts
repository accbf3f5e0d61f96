import type { Notification } from '../../../contract/notification.ts';

/** The sentence behind the actor's name: "mentioned you in General". */
export function summaryOf({ kind, streamName, streamType }: Pick<Notification, 'kind' | 'streamName' | 'streamType'>): string {
  const where = streamName ?? placeWords(streamType);
  switch (kind) {
    case 'mention':
      return `mentioned you in ${where}`;
    case 'here':
      return `called everyone in ${where}`;
    case 'invited':
      return `added you to ${where}`;
    default: {
      const never: never = kind;
      throw new Error(`unknown kind ${String(never)}`);
    }
  }
}

const placeWords = (streamType: string): string =>
  streamType === 'dm' ? 'a direct message' : streamType === 'thread' ? 'a thread' : 'a stream';
