import * as z from 'zod';
import { StreamId, UserId } from './ids.ts';

/** Presence of a member over all their devices. `away`: a device is connected, and nobody has used one for a while. */
export const PresenceStatus = z.enum(['online', 'away', 'offline']).meta({ id: 'PresenceStatus' });
export type PresenceStatus = z.infer<typeof PresenceStatus>;

/** `until`: the status ends then unless a device renews it; null for who is offline. */
export const Presence = z
  .object({
    userId: UserId,
    status: PresenceStatus,
    lastSeenAt: z.iso.datetime().nullable().describe('null when not known'),
    until: z.iso.datetime().nullable(),
  })
  .meta({ id: 'Presence' });
export type Presence = z.infer<typeof Presence>;

/** State of a device. `away`: in view and not used for a while; `hidden`: not in view; `gone`: it was closed. */
export const DeviceState = z.enum(['active', 'away', 'hidden', 'gone']).meta({ id: 'DeviceState' });
export type DeviceState = z.infer<typeof DeviceState>;

/** Seconds that a device counts as present after its last sign of life, and between two of them. */
export const presenceSeconds = 70;
export const presenceRenewSeconds = 50;
/** Members up to which a stream or a workspace is told of the presence of each; larger ones have counts. */
export const maxTold = 50;
/** Most members that one request asks for, and that counts are made of. */
export const maxAsked = 100;
export const maxCounted = 500;

const UserIds = z.array(UserId).min(1).max(maxAsked);
/** Either some members, or those of a stream. */
export const ListPresence = z
  .strictObject({
    userIds: z
      .string()
      .refine((text) => UserIds.safeParse(text.split(',')).success, {
        error: `must be at most ${maxAsked} ids of users, separated by commas`,
      })
      .transform((text) => UserIds.parse(text.split(',')))
      .optional()
      .describe(`Ids of members, separated by commas, at most ${maxAsked}`),
    streamId: StreamId.optional(),
  })
  .refine(({ userIds, streamId }) => (userIds === undefined) !== (streamId === undefined), { error: 'give either userIds or streamId' });
export type ListPresence = z.infer<typeof ListPresence>;

/** `items` is empty for a stream with more than 50 members. `counts` are of a stream: of its first 500 members where it has more. */
export const PresenceList = z
  .object({
    items: z.array(Presence),
    counts: z.object({ online: z.int(), away: z.int(), total: z.int() }).nullable(),
  })
  .meta({ id: 'PresenceList' });
export type PresenceList = z.infer<typeof PresenceList>;

/** A device of the caller, and its state. */
export const Present = z.strictObject({ device: z.string().min(1).max(64), state: DeviceState });

/**
 * The presence of a member has changed. It is told in the workspace's room where that has at most 50 members, otherwise in small rooms that the
 * member hears. Nothing tells that a lease has ended: read the presence again after `until`.
 */
export const PresenceFrame = z.object({ op: z.literal('presence'), room: z.string(), item: Presence }).meta({ id: 'PresenceFrame' });
export type PresenceFrame = z.infer<typeof PresenceFrame>;
