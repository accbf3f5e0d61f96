import type { EpochsFrame, RelatedFrame, RoomItem } from './frames.ts';

type DataOf<Type extends RoomItem['type']> = Extract<RoomItem, { type: Type }>['data'];

/**
 * Durable changes that a program outside can want to follow, each with what it carries. The outbox row of a change names it as its topic;
 * rows that only bring a change to another room, or are a person's own bookkeeping, have none.
 */
export interface Changes {
  'event-appended': DataOf<'event'>;
  'event-edited': DataOf<'event:edited'>;
  'event-deleted': DataOf<'event:deleted'>;
  /** Votes, pins, replies and previews of an event. */
  'event-updated': DataOf<'event:updated'>;
  'event-reacted': DataOf<'reaction'>;
  'stream-created': DataOf<'stream:created'>;
  'stream-updated': DataOf<'stream:updated'>;
  'stream-archived': DataOf<'stream:archived'>;
  /** A member of the workspace: name, role, removal. */
  'member-updated': DataOf<'member:updated'>;
  'stream-member-added': DataOf<'stream:member:added'>;
  'stream-member-removed': DataOf<'stream:member:removed'>;
  'read-cursor-moved': DataOf<'readCursor:updated'>;
  'epochs-changed': EpochsFrame;
  'related-found': RelatedFrame;
}
export type Topic = keyof Changes;

/** The change that an item of a room's log tells of; null: bookkeeping of one person, which no subscriber wants. */
const topicsOfItems = {
  event: 'event-appended',
  'event:edited': 'event-edited',
  'event:deleted': 'event-deleted',
  'event:updated': 'event-updated',
  reaction: 'event-reacted',
  'stream:created': 'stream-created',
  'stream:updated': 'stream-updated',
  'stream:archived': 'stream-archived',
  'member:updated': 'member-updated',
  'notification:new': null,
  'notification:changed': null,
  'stream:member:added': 'stream-member-added',
  'stream:member:removed': 'stream-member-removed',
  'readCursor:updated': 'read-cursor-moved',
} as const satisfies { [Type in RoomItem['type']]: { [Name in Topic]: Changes[Name] extends DataOf<Type> ? Name : never }[Topic] | null };

const topicsOfFrames = { epochs: 'epochs-changed', related: 'related-found' } as const satisfies Record<'epochs' | 'related', Topic>;

export const topicOfItem = (type: RoomItem['type']): Topic | null => topicsOfItems[type];
export const topicOfFrame = (op: keyof typeof topicsOfFrames): Topic => topicsOfFrames[op];
