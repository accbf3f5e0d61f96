import * as z from 'zod';
import { StreamId } from './ids.ts';
import { actions } from './policy.ts';
import { NotifyLevel, Slug, StreamType } from './stream.ts';

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
