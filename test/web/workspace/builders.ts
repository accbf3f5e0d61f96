import type * as z from 'zod';
import { StreamEvent } from '../../../contract/event.ts';
import { Stream } from '../../../contract/stream.ts';
import { eventSample, streamSample } from '../../support/samples.ts';

const digits = (n: number): string => String(n).padStart(26, '0');

/** An event as the server sends it. */
export function event(seq: number, given: { actorId?: string; at?: string; deleted?: boolean; text?: string } = {}): StreamEvent {
  const { actorId = 'ada', at = '2026-11-20T12:00:00Z', deleted = false, text = `message ${seq}` } = given;
  return StreamEvent.parse(
    eventSample({
      id: `evt_${digits(seq)}`,
      seq,
      actorId,
      actorName: actorId,
      clientEventId: `c${seq}`,
      content: deleted ? null : { text, mentions: [] },
      createdAt: at,
      deletedAt: deleted ? at : null,
    }),
  );
}

export const stream = (name: string | null, given: Partial<z.input<typeof Stream>> = {}): Stream =>
  Stream.parse(streamSample({ name, createdAt: '2026-11-20T12:00:00Z', ...given }));

/** The id of the nth stream. */
export const streamIdOf = (n: number): string => `str_${digits(n)}`;
