import {
  BehindFrame,
  ByeFrame,
  EphFrame,
  EpochsFrame,
  ErrFrame,
  EvFrame,
  EvsFrame,
  OkFrame,
  PongFrame,
  PtrFrame,
  RelatedFrame,
  ResyncFrame,
  RevokedFrame,
  WelcomeFrame,
} from '../../contract/frames.ts';
import { DraftFrame } from '../../contract/draft.ts';
import { PresenceFrame } from '../../contract/presence.ts';
import type { ServerFrame } from '../../contract/frames.ts';
import * as z from 'zod';

/** A change that is broken, or too new for this client. It shows only how far the room has come at least. */
export interface UnreadableChange {
  readonly op: 'unreadable';
  readonly room: string;
  readonly gen: string;
  readonly head: number;
}

const schemas = {
  welcome: WelcomeFrame,
  ok: OkFrame,
  pong: PongFrame,
  err: ErrFrame,
  ev: EvFrame,
  evs: EvsFrame,
  eph: EphFrame,
  ptr: PtrFrame,
  behind: BehindFrame,
  resync: ResyncFrame,
  epochs: EpochsFrame,
  related: RelatedFrame,
  draft: DraftFrame,
  presence: PresenceFrame,
  revoked: RevokedFrame,
  bye: ByeFrame,
} as const satisfies Record<string, z.ZodType<ServerFrame>>;

const Op = z.object({ op: z.string() });
const position = z.int().min(0);
const Placed = z.object({
  room: z.string(),
  gen: z.string(),
  seq: position.optional(),
  upTo: position.optional(),
  items: z.array(z.object({ seq: position })).optional(),
});

/** Reads a frame of the server by the schema of its `op`. Returns undefined for a frame of no use to this client. */
export function readServerFrame(data: unknown): ServerFrame | UnreadableChange | undefined {
  const frame = typeof data === 'string' ? parseJson(data) : undefined;
  const op = Op.safeParse(frame).data?.op;
  if (op === undefined || !Object.hasOwn(schemas, op)) return undefined;
  const parsed = schemas[op as keyof typeof schemas].safeParse(frame);
  if (parsed.success) return parsed.data;
  return op === 'ev' || op === 'evs' ? readPlace(frame) : undefined;
}

function readPlace(frame: unknown): UnreadableChange | undefined {
  const { success, data } = Placed.safeParse(frame);
  if (!success) return undefined;
  const head = Math.max(data.seq ?? 0, data.upTo ?? 0, ...(data.items ?? []).map((item) => item.seq));
  return { op: 'unreadable', room: data.room, gen: data.gen, head };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
