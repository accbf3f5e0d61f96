import * as z from 'zod';
import { EventPage } from './event.ts';
import { StreamId } from './ids.ts';
import { actions } from './policy.ts';
import { PresenceStatus } from './presence.ts';
import { queryInteger } from './query.ts';
import { pageQuery } from './route.ts';
import { NotifyLevel, Person, Slug, StreamRole, StreamType } from './stream.ts';

/** Name of a room in the kit: the id of a stream, or its type and slug (`channel:general`). */
export const Cid = z
  .string()
  .max(100)
  .refine((cid) => parseCid(cid) !== undefined, { error: 'must be a stream id, or a type and a slug: channel:general' })
  .meta({ id: 'Cid', example: 'channel:general' });
export type Cid = z.infer<typeof Cid>;

export type ParsedCid =
  { readonly kind: 'id'; readonly streamId: StreamId } | { readonly kind: 'slug'; readonly type: StreamType; readonly slug: string };

/** Parses the name of a room in the kit. Returns undefined when it is none. */
export function parseCid(cid: string): ParsedCid | undefined {
  const id = StreamId.safeParse(cid);
  if (id.success) return { kind: 'id', streamId: id.data };
  const at = cid.indexOf(':');
  const type = StreamType.safeParse(cid.slice(0, at));
  const slug = Slug.safeParse(cid.slice(at + 1));
  return type.success && slug.success ? { kind: 'slug', type: type.data, slug: slug.data } : undefined;
}

/** A room as the kit configures its view by it. `permissions`: what the caller may do. */
export const KitConfig = z
  .object({
    cid: Cid,
    id: StreamId,
    name: z.string().nullable(),
    type: StreamType,
    muted: z.boolean(),
    notifyLevel: NotifyLevel,
    permissions: z.array(z.enum(actions)),
  })
  .meta({ id: 'KitConfig' });
export type KitConfig = z.infer<typeof KitConfig>;

/** A signed address that opens one socket. `auth`: its ticket alone. */
export const WsAuth = z.object({ auth: z.string(), expires: z.iso.datetime(), url: z.string() }).meta({ id: 'WsAuth' });
export type WsAuth = z.infer<typeof WsAuth>;

/** Id of the caller's session, a 64-bit number. `expires`: asked for again until then, it keeps the caller present. */
export const ConnectionId = z
  .object({ connectionId: z.string().regex(/^\d{1,19}$/), expires: z.iso.datetime() })
  .meta({ id: 'ConnectionId' });
export type ConnectionId = z.infer<typeof ConnectionId>;

/** A place in a text, in UTF-16 units from its start. */
const place = z.int().min(0).max(1_000_000);
/**
 * The caller's typing, cursor and selection in a room. Peers get it as a signal that expires; nothing is stored, and nothing is transformed
 * when two edit at once.
 */
export const EditingState = z
  .strictObject({
    cid: Cid,
    typing: z.boolean().optional(),
    cursor: place.nullable().optional(),
    selection: z.strictObject({ start: place, end: place }).nullable().optional(),
  })
  .refine(({ typing, cursor, selection }) => typing !== undefined || cursor !== undefined || selection !== undefined, {
    error: 'give typing, cursor or selection',
  })
  .meta({ id: 'EditingState' });
export type EditingState = z.infer<typeof EditingState>;
/** `sent`: false where the last state of the caller was told less than a second ago. */
export const EditingTold = z.object({ sent: z.boolean() }).meta({ id: 'EditingTold' });

const position = queryInteger({ min: 0 });
/** One of `before`, `after` and `around`, by position; without any it is the newest page. */
export const ListKitMessages = z
  .strictObject({
    before: position.optional(),
    after: position.optional(),
    around: position.optional(),
    limit: pageQuery.limit,
  })
  .refine(({ before, after, around }) => [before, after, around].filter((given) => given !== undefined).length <= 1, {
    error: 'give at most one of before, after, around',
  });
export type ListKitMessages = z.infer<typeof ListKitMessages>;
/** A page of the log, oldest first. */
export const KitMessages = EventPage.omit({ gen: true }).meta({ id: 'KitMessages' });
export type KitMessages = z.infer<typeof KitMessages>;

/** Greatest offset of a page of members: a cursor reads further, with the same work at any depth. */
export const maxMemberOffset = 10_000;
export const ListKitMembers = z
  .strictObject({
    ...pageQuery,
    offset: queryInteger({ min: 0, max: maxMemberOffset }).optional(),
  })
  .refine(({ offset, cursor }) => offset === undefined || cursor === undefined, { error: 'give offset or cursor' });
export type ListKitMembers = z.infer<typeof ListKitMembers>;
/** Members of a room, by name. `muted` is the caller's own choice, null for others. Nobody is banned: who may not read is no member. */
export const KitMembers = z
  .object({
    items: z.array(
      z.object({ user: Person, role: StreamRole, banned: z.literal(false), muted: z.boolean().nullable(), presence: PresenceStatus }),
    ),
    total: z.int(),
    nextCursor: z.string().nullable(),
  })
  .meta({ id: 'KitMembers' });
export type KitMembers = z.infer<typeof KitMembers>;
