import * as z from 'zod';
import { EventId, NotificationId, StreamId } from './ids.ts';
import { queryInteger } from './query.ts';
import { Person } from './stream.ts';

/** Kinds of notification. `mention`: by name or with @here; `invited`: another member added the reader to a stream. */
export const NotificationKind = z.enum(['mention', 'here', 'invited']).meta({ id: 'NotificationKind' });
export type NotificationKind = z.infer<typeof NotificationKind>;

/** One entry of a member's activity. It disappears when its event is deleted, or when the member loses the stream. */
export const Notification = z
  .object({
    id: NotificationId,
    kind: NotificationKind,
    streamId: StreamId,
    streamName: z.string().nullable(),
    streamType: z.string(),
    eventId: EventId.nullable(),
    seq: z.int(),
    actor: Person,
    text: z.string().nullable().describe('The beginning of what was written'),
    createdAt: z.iso.datetime(),
    readAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'Notification' });
export type Notification = z.infer<typeof Notification>;

export const ListNotifications = z.strictObject({
  unread: z.enum(['true', 'false']).optional(),
  limit: queryInteger({ min: 1, max: 200 }).default(50).meta({ default: 50 }),
  cursor: z.string().max(512).optional(),
});
export type ListNotifications = z.infer<typeof ListNotifications>;

/** The named notifications, or all up to and including the newest one that was seen. */
export const MarkNotificationsRead = z
  .strictObject({
    ids: z.array(NotificationId).min(1).max(200).optional(),
    upTo: NotificationId.optional(),
  })
  .refine(({ ids, upTo }) => (ids === undefined) !== (upTo === undefined), { error: 'give either ids or upTo' })
  .meta({ id: 'MarkNotificationsRead' });
export type MarkNotificationsRead = z.infer<typeof MarkNotificationsRead>;
