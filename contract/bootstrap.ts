import * as z from 'zod';
import { Person, Stream } from './stream.ts';
import { User, Workspace } from './workspace.ts';

/** A room, and the position to follow it from. */
export const RoomPosition = z.object({ room: z.string(), gen: z.string(), head: z.int() }).meta({ id: 'RoomPosition' });
export type RoomPosition = z.infer<typeof RoomPosition>;

/**
 * All that an app needs to draw itself, as of one moment. `rooms` lists the rooms to follow and their positions: nothing is missing between
 * the snapshot and the frames after these positions. A guest has no workspace room.
 */
export const Bootstrap = z
  .object({
    rooms: z.array(RoomPosition),
    workspace: Workspace,
    me: User,
    streams: z
      .object({ items: z.array(Stream), nextCursor: z.string().nullable() })
      .describe('Those the caller is in, and the public ones; the newest activity first. More: list streams with sort=activity'),
    people: z.array(Person).describe('Who is needed to show these streams'),
    unreadNotifications: z.int().describe('Counted up to 100'),
  })
  .meta({ id: 'Bootstrap' });
export type Bootstrap = z.infer<typeof Bootstrap>;
