import { parseRoom } from '../../contract/frames.ts';
import type { App } from '../platform/app.ts';
import { nudge } from '../platform/nudge.ts';
import type { FollowUp, StreamNudge } from '../../contract/messages/follow-up.ts';
import type { FanOutMessage } from '../../contract/messages/fan-out.ts';
import type { EpochsMessage } from '../../contract/messages/memory.ts';

/** Throttle of a busy stream, in seconds: the first change nudges at once, later ones this often. */
const windowSeconds = 3;
/** Margin in milliseconds: a nudge due this soon may be handled too early to see the current change. */
const marginMs = 500;
/** Streams kept in memory; evicting one costs an unnecessary nudge. */
const maxRemembered = 10_000;

/**
 * Requests follow-up work for streams with published changes, throttled. The first nudge goes at once; those of the next seconds merge into
 * one at their end. Every change is followed by a nudge that is handled after it.
 */
export interface Nudges {
  /** Sends the nudges for messages that were pushed. */
  after(messages: readonly FanOutMessage[]): Promise<void>;
}

export function createNudges(app: Pick<App, 'queues' | 'followUpQueueUrl' | 'sharesQueueUrl' | 'epochsQueueUrl' | 'clock'>): Nudges {
  const windows = new Map<string, { endsAt: number; dueAt: number }>();

  async function nudgeStream(message: StreamNudge): Promise<void> {
    const now = app.clock.now().getTime();
    const window = windows.get(message.streamId);
    if (window && now < window.dueAt - marginMs) return;
    const delaySeconds = window && now < window.endsAt ? Math.ceil((window.endsAt - now) / 1000) : 0;
    await nudge(app, 'followUp', message, delaySeconds);
    if (windows.size >= maxRemembered) windows.clear();
    const dueAt = now + delaySeconds * 1000;
    windows.set(message.streamId, { dueAt, endsAt: dueAt + windowSeconds * 1000 });
  }

  return {
    async after(messages) {
      const streams = new Map<string, StreamNudge>();
      for (const message of messages) {
        for (const followUp of followUpsOf(message)) {
          if (followUp.kind === 'stream') streams.set(followUp.streamId, followUp);
          else await nudge(app, 'shares', followUp);
        }
      }
      // Sent in parallel: later messages of this room wait for them.
      await Promise.all([...[...streams.values()].map(nudgeStream), ...cutsOf(messages).map((cut) => nudge(app, 'epochs', cut))]);
    },
  };
}

/** Streams with new, edited or deleted events: one nudge per stream and batch. */
function cutsOf(messages: readonly FanOutMessage[]): EpochsMessage[] {
  const cuts = new Map<string, EpochsMessage>();
  for (const message of messages) {
    if (message.kind !== 'item' || !['event', 'event:edited', 'event:deleted'].includes(message.item.type)) continue;
    const room = parseRoom(message.room);
    if (room?.kind === 'stream') cuts.set(room.streamId, { kind: 'stream', workspaceId: room.workspaceId, streamId: room.streamId });
  }
  return [...cuts.values()];
}

function followUpsOf(message: FanOutMessage): FollowUp[] {
  if (message.kind !== 'item') return [];
  const room = parseRoom(message.room);
  if (room?.kind !== 'stream') return [];
  const { workspaceId, streamId } = room;
  const { item } = message;
  const isOfOriginal = item.type === 'event:edited' || item.type === 'event:deleted';
  return [
    { kind: 'stream', workspaceId, streamId },
    ...(isOfOriginal ? [{ kind: 'shares' as const, workspaceId, eventId: item.eventId as string }] : []),
  ];
}
