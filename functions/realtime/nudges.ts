import { parseRoom } from '../../contract/frames.ts';
import type { App } from '../platform/app.ts';
import { nudge } from '../platform/nudge.ts';
import type { FollowUp } from '../../contract/messages/follow-up.ts';
import type { FanOutMessage } from '../../contract/messages/fan-out.ts';
import type { EpochsMessage } from '../../contract/messages/memory.ts';

/** A stream that goes on and on is looked after at once, and then this often. */
const windowSeconds = 3;
/** A nudge that is about to be looked after may be too late for what happens now. */
const marginMs = 500;
/** Streams that are remembered; forgetting one costs a nudge that was not needed. */
const maxRemembered = 10_000;

/**
 * Has streams looked after when something in them was told. The first nudge goes at once, those of the next seconds become one that goes at
 * their end: whatever happened, a nudge is always sent that is seen after it.
 */
export interface Nudges {
  /** What follows from messages that were pushed. */
  after(messages: readonly FanOutMessage[]): Promise<void>;
}

export function createNudges(app: Pick<App, 'queues' | 'followUpQueueUrl' | 'epochsQueueUrl' | 'clock'>): Nudges {
  const windows = new Map<string, { endsAt: number; seenAt: number }>();

  async function nudgeStream(message: Extract<FollowUp, { kind: 'stream' }>): Promise<void> {
    const now = app.clock.now().getTime();
    const window = windows.get(message.streamId);
    if (window && now < window.seenAt - marginMs) return;
    const delaySeconds = window && now < window.endsAt ? Math.ceil((window.endsAt - now) / 1000) : 0;
    await nudge(app, 'followUp', message, delaySeconds);
    if (windows.size >= maxRemembered) windows.clear();
    const seenAt = now + delaySeconds * 1000;
    windows.set(message.streamId, { seenAt, endsAt: seenAt + windowSeconds * 1000 });
  }

  return {
    async after(messages) {
      const streams = new Map<string, Extract<FollowUp, { kind: 'stream' }>>();
      for (const message of messages) {
        for (const followUp of followUpsOf(message)) {
          if (followUp.kind === 'stream') streams.set(followUp.streamId, followUp);
          else await nudge(app, 'followUp', followUp);
        }
      }
      // All at once: what waits behind this batch in its room waits for them too.
      await Promise.all([...[...streams.values()].map(nudgeStream), ...cutsOf(messages).map((cut) => nudge(app, 'epochs', cut))]);
    },
  };
}

/** Streams where something was said, or what was said has changed: one nudge for all that was told together. */
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
  if (message.kind !== 'item' && message.kind !== 'revoke') return [];
  const room = parseRoom(message.room);
  if (room?.kind !== 'stream') return [];
  const { workspaceId, streamId } = room;
  if (message.kind === 'revoke') return message.isBelow ? [] : [{ kind: 'access', workspaceId, streamId, userIds: message.userIds }];
  const { item } = message;
  const isOfOriginal = item.type === 'event:edited' || item.type === 'event:deleted';
  return [
    { kind: 'stream', workspaceId, streamId },
    ...(isOfOriginal ? [{ kind: 'shares' as const, workspaceId, eventId: item.eventId as string }] : []),
  ];
}
