import * as z from 'zod';

const workspaceId = z.string();

/**
 * Work after a change was published, off the path of its author. A nudge names a place and has no data: it may come twice, late, and in any
 * order.
 */
export const FollowUp = z.discriminatedUnion('kind', [
  /** A stream has new events: its sidebars and the root event of a thread get the new head. */
  z.object({ kind: z.literal('stream'), workspaceId, streamId: z.string() }),
  /** An event was edited or deleted: its previews in other streams are outdated. */
  z.object({ kind: z.literal('shares'), workspaceId, eventId: z.string() }),
]);
export type FollowUp = z.infer<typeof FollowUp>;
