import type { StreamEvent } from '../../contract/event.ts';
import type { EpochId } from '../../contract/ids.ts';
import type { Stream } from '../../contract/stream.ts';
import type { TestApp } from './app.ts';
import { putEpochs, putIntoIndex, putLink, putWhatMemoryKeeps } from './epochs.ts';

export type EpochName = 'first' | 'second' | 'open' | 'secret' | 'dm';

interface Rooms {
  readonly workspaceId: string;
  readonly marker: string;
  readonly streams: Readonly<Record<'general' | 'secret' | 'dm', Stream>>;
  readonly events: Readonly<Record<'plain' | 'edited' | 'poll' | 'own' | 'named' | 'sharedSecret' | 'secretPoll' | 'private', StreamEvent>>;
}

/** Cuts, indexes and links streams of a furnished workspace, and adds one row of each other kind of memory. */
export async function furnishEpochs(
  app: TestApp,
  { workspaceId, marker, streams, events }: Rooms,
): Promise<Readonly<Record<EpochName, EpochId>>> {
  const [first, second, open] = await putEpochs(app, streams.general, [
    { from: events.plain, to: events.edited, label: `Greetings ${marker}`, labelSource: 'member' },
    { from: events.poll, to: events.own, label: 'Shipping' },
    { from: events.named, to: events.sharedSecret, open: true },
  ]);
  const [secret] = await putEpochs(app, streams.secret, [{ from: { seq: 1 }, to: events.secretPoll, label: `Between hush${marker}` }]);
  const [dm] = await putEpochs(app, streams.dm, [{ from: events.private, to: events.private, label: `Between whisper${marker}` }]);
  if (!first || !second || !open || !secret || !dm) throw new Error('Every epoch was put');
  await putIntoIndex(app, workspaceId, [first, second, secret, dm]);
  await putLink(app, workspaceId, { from: second, to: first, score: 0.5 });
  for (const to of [first, secret, dm]) await putLink(app, workspaceId, { from: open, to, score: 0.75 });
  await putWhatMemoryKeeps(app, workspaceId, { epochId: first, streamId: streams.general.id });
  return { first, second, open, secret, dm };
}
