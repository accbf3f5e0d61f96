import * as z from 'zod';

const workspaceId = z.string();

/**
 * What is looked after when a change has been told, off the path of who made it. A nudge says where to look, never what there is: it may
 * come twice, late, and in any order.
 */
export const FollowUp = z.discriminatedUnion('kind', [
  /** A stream has gone on: sidebars and the root event of a thread are told how far. */
  z.object({ kind: z.literal('stream'), workspaceId, streamId: z.string() }),
  /** An event was edited or deleted: where it is shared, its preview is another. */
  z.object({ kind: z.literal('shares'), workspaceId, eventId: z.string() }),
  /** Who hears a stream has changed (null: for everybody): what branched off it is heard by who hears it. */
  z.object({ kind: z.literal('access'), workspaceId, streamId: z.string(), userIds: z.array(z.string()).readonly().nullable() }),
]);
export type FollowUp = z.infer<typeof FollowUp>;
