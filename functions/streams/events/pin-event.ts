import type { StreamEvent } from '../../../contract/event.ts';
import type { App } from '../../platform/app.ts';
import type { UserCaller } from '../../platform/authenticate.ts';
import { AppError } from '../../platform/errors.ts';
import { accessStream } from '../access.ts';
import type { AppendApp } from './append.ts';
import { changeEvent } from './change-event.ts';
import { touchEvent } from './log-store.ts';
import { setPin } from './pin-store.ts';
import { listPinned } from './event-store.ts';
import { isCountable } from '../stream.ts';

/** Maximum number of pins in a stream. */
const maxPins = 50;

interface Input {
  readonly streamId: string;
  readonly eventId: string;
}

/** Pins an event to its stream; pinning it again changes nothing. */
export async function pinEvent(app: AppendApp, caller: UserCaller, input: Input): Promise<StreamEvent> {
  return change(app, caller, input, true);
}

/** Unpins an event; unpinning it again changes nothing. */
export async function unpinEvent(app: AppendApp, caller: UserCaller, input: Input): Promise<StreamEvent> {
  return change(app, caller, input, false);
}

/** Lists the pinned events of a stream, newest pin first. */
export async function listPins(app: Pick<App, 'db'>, caller: UserCaller, input: { streamId: string }): Promise<{ items: StreamEvent[] }> {
  return app.db.transaction(caller, async (tx) => {
    const { stream } = await accessStream(tx, caller, input.streamId, 'read');
    return { items: await listPinned(tx, caller.userId, stream.id) };
  });
}

async function change(app: AppendApp, caller: UserCaller, input: Input, pinned: boolean): Promise<StreamEvent> {
  return changeEvent(app, caller, input, {
    type: 'event:updated',
    action: 'pin',
    check(event) {
      if (!isCountable(event.eventType)) throw new AppError('wrong_event_type', 'Pins are for what people posted.');
    },
    isDone: (event) => event.deletedAt === null && (event.pinnedAt !== null) === pinned,
    async write(tx, event, seq, { stream }) {
      const pin = { streamId: stream.id, eventId: event.id, by: pinned ? caller.userId : null, at: app.clock.now(), maxPins };
      if (!(await setPin(tx, pin))) throw new AppError('limit_reached', `A stream has at most ${maxPins} pins; unpin one first.`);
      touchEvent(tx, event.id, seq);
      return 'written';
    },
  });
}
