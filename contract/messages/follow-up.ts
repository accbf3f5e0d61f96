import * as z from 'zod';

const workspaceId = z.string();

/** A stream has new events: its sidebars and the root event of a thread get the new head. */
export const StreamNudge = z.object({ kind: z.literal('stream'), workspaceId, streamId: z.string() });
export type StreamNudge = z.infer<typeof StreamNudge>;
/**
 * An event was edited or deleted: its previews in other streams are outdated. `continues`: the worker goes on with the next page of shares.
 */
export const SharesNudge = z.object({ kind: z.literal('shares'), workspaceId, eventId: z.string(), continues: z.literal(true).optional() });
export type SharesNudge = z.infer<typeof SharesNudge>;
/**
 * Work after a change was published, off the path of its author. A nudge names a place and has no data: it may come twice, late, and in any
 * order.
 */
export const FollowUp = z.discriminatedUnion('kind', [StreamNudge, SharesNudge]);
export type FollowUp = z.infer<typeof FollowUp>;
