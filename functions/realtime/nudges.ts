import { parseRoom } from '../../contract/frames.ts';
import type { App } from '../platform/app.ts';
import { nudge } from '../platform/nudge.ts';
import type { FollowUp, StreamNudge } from '../../contract/messages/follow-up.ts';
import type { FanOutMessage } from '../../contract/messages/fan-out.ts';
import type { NotifyMessage } from '../../contract/messages/notifications.ts';
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

export function createNudges(
  app: Pick<App, 'queues' | 'followUpQueueUrl' | 'sharesQueueUrl' | 'epochsQueueUrl' | 'notifyQueueUrl' | 'clock'>,
): Nudges {
  const windows = new Map<string, { endsAt: number; dueAt: number }>();
  const news = createNews(app);

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
      await Promise.all([
        ...[...streams.values()].map(nudgeStream),
        ...cutsOf(messages).map((cut) => nudge(app, 'epochs', cut)),
        news(messages),
      ]);
    },
  };
}

/** Time that members have to see what came before they are notified of it, and the rest between two looks at a stream, in seconds. */
export const graceSeconds = 16;
const newsSeconds = 5;

/** Has streams with new events looked at for those who are to be notified, each event after the grace, and a busy stream every few seconds. */
function createNews(app: Pick<App, 'queues' | 'notifyQueueUrl' | 'clock'>) {
  const due = new Map<string, number>();
  return async (messages: readonly FanOutMessage[]): Promise<void> => {
    const now = app.clock.now().getTime();
    const streams = new Map(messages.flatMap(newsOf).map((message) => [message.streamId, message] as const));
    const late = [...streams.values()].filter(({ streamId }) => (due.get(streamId) ?? 0) < now + graceSeconds * 1_000);
    if (due.size + late.length > maxRemembered) due.clear();
    await Promise.all(
      late.map(async (message) => {
        const isBusy = (due.get(message.streamId) ?? 0) > now;
        const delaySeconds = graceSeconds + (isBusy ? newsSeconds : 0);
        await nudge(app, 'notify', message, delaySeconds);
        due.set(message.streamId, now + delaySeconds * 1_000);
      }),
    );
  };
}

function newsOf(message: FanOutMessage): Extract<NotifyMessage, { kind: 'news' }>[] {
  if (message.kind !== 'item') return [];
  const { item } = message;
  const room = parseRoom(message.room);
  if (room?.kind === 'stream' && item.type === 'event') return [{ kind: 'news', workspaceId: room.workspaceId, streamId: room.streamId }];
  const isIncident = item.type === 'stream:created' && item.data.streamType === 'incident';
  return isIncident && room ? [{ kind: 'news', workspaceId: room.workspaceId, streamId: item.data.id }] : [];
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
