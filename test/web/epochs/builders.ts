import type * as z from 'zod';
import { Epoch, Related } from '../../../contract/epoch.ts';
import { streamIdOf } from '../workspace/builders.ts';

const digits = (n: number): string => String(n).padStart(26, '0');

/** A closed epoch of the positions from `firstSeq` to `lastSeq`, an hour long, as the server sends it. */
export function epoch(firstSeq: number, lastSeq: number, given: Partial<z.input<typeof Epoch>> = {}): Epoch {
  return Epoch.parse({
    id: `ep_${digits(firstSeq)}`,
    streamId: streamIdOf(0),
    status: 'closed',
    barrier: 'gap',
    firstSeq,
    lastSeq,
    messageCount: lastSeq - firstSeq + 1,
    label: `from ${firstSeq}`,
    labelSource: 'terms',
    terms: [],
    snippet: null,
    openedAt: '2026-11-20T12:00:00Z',
    lastEventAt: '2026-11-20T13:00:00Z',
    closedAt: '2026-11-20T13:30:00Z',
    indexed: true,
    rev: 1,
    ...given,
  });
}

/** A link to the nth epoch. */
export function related(n: number, given: Partial<z.input<typeof Related>> = {}): Related {
  return Related.parse({
    kind: 'epoch',
    epochId: `ep_${digits(n)}`,
    streamId: streamIdOf(1),
    streamName: 'kitchen',
    streamType: 'channel',
    label: `topic ${n}`,
    snippet: null,
    firstSeq: 1,
    lastSeq: 2,
    messageCount: 2,
    openedAt: '2026-11-01T12:00:00Z',
    lastEventAt: '2026-11-01T13:00:00Z',
    score: 0.8,
    rejected: false,
    ...given,
  });
}
