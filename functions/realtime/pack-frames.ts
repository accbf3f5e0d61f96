import { packedFrameBytes } from '../../contract/frames.ts';
import type { RoomItem, ServerFrame } from '../../contract/frames.ts';
import { parseRoom } from '../../contract/frames.ts';

/** Range of a log that a replay covers: applying all of it moves the reader from `from` to `upTo`. */
export interface Range {
  readonly from: number;
  readonly upTo: number;
}

/**
 * Packs changes of one room into frames of at most `packedFrameBytes`: one change alone is `ev`, several are `evs`. A change too large for
 * a frame becomes `behind`, so its reader fetches it over HTTP. With `replay`, every frame carries its range.
 */
export function packFrames(room: string, gen: string, items: readonly RoomItem[], replay?: Range): ServerFrame[] {
  const frames: ServerFrame[] = [];
  let batch: RoomItem[] = [];
  let bytes = 0;
  let from = replay?.from ?? 0;
  const flush = (upTo: number) => {
    if (batch.length === 0) return;
    const [first] = batch;
    if (replay) frames.push({ op: 'evs', room, gen, items: batch, from, upTo });
    else if (batch.length === 1 && first) frames.push({ op: 'ev', room, gen, ...first });
    else frames.push({ op: 'evs', room, gen, items: batch });
    from = upTo;
    batch = [];
    bytes = 0;
  };
  let last = from;
  for (const item of items) {
    const size = Buffer.byteLength(JSON.stringify(item)) + 1;
    if (bytes + size > packedFrameBytes - envelopeBytes) flush(last);
    if (size > packedFrameBytes - envelopeBytes) {
      frames.push(behind(room, replay ? from : item.seq - 1, item.seq));
      from = item.seq;
    } else {
      batch.push(item);
      bytes += size;
    }
    last = item.seq;
  }
  flush(replay?.upTo ?? last);
  return frames;
}

/** Bytes reserved for the frame around the items: op, room, gen, from, upTo. */
const envelopeBytes = 400;

/** Frame that tells a reader to fetch the changes of a room from `have` until `head`. */
export function behind(room: string, have: number, head: number): ServerFrame {
  const parsed = parseRoom(room);
  const pull =
    parsed?.kind === 'stream' ? `/v1/workspaces/${parsed.workspaceId}/streams/${parsed.streamId}/events?changedAfter=${have}` : '';
  return { op: 'behind', rooms: [{ room, have, head, pull }] };
}
