import * as z from 'zod';
import { UserId } from './ids.ts';

/** Presence of a member over all their devices. `away`: a device is connected, and nobody has used one for a while. */
export const PresenceStatus = z.enum(['online', 'away', 'offline']).meta({ id: 'PresenceStatus' });
export type PresenceStatus = z.infer<typeof PresenceStatus>;

export const Presence = z
  .object({ userId: UserId, status: PresenceStatus, lastSeenAt: z.iso.datetime().nullable().describe('null when not known') })
  .meta({ id: 'Presence' });
export type Presence = z.infer<typeof Presence>;

/** Seconds that a device counts as present after its last sign of life. */
export const presenceSeconds = 80;
