import { room, signalSeconds } from '../../contract/frames.ts';
import type { EditingState } from '../../contract/kit.ts';
import type { App } from '../platform/app.ts';
import type { UserCaller } from '../platform/authenticate.ts';
import { push } from '../platform/nudge.ts';
import { accessRoom } from '../streams/access-room.ts';
import type { EditingTurns } from './editing-turns.ts';

/**
 * Tells the peers in a room where the caller types, at most once a second: a state that comes sooner is dropped, and the answer says so.
 * Throws `forbidden` for a room that the caller may not post in.
 */
export async function tellEditingState(
  app: Pick<App, 'db' | 'clock' | 'queues' | 'fanOutQueueUrl'> & { readonly editingTurns: EditingTurns },
  caller: UserCaller,
  { cid, ...state }: EditingState,
): Promise<{ sent: boolean }> {
  const { workspaceId, userId: actor } = caller;
  const { stream } = await app.db.transaction(caller, (tx) => accessRoom(tx, caller, cid, 'post'));
  const to = room.stream(workspaceId, stream.id);
  if (!(await app.editingTurns.take(actor, to))) return { sent: false };
  const sent = { room: to, actor, from: null, at: app.clock.now().toISOString() };
  const types = state.typing === true ? (['editing.state', 'typing'] as const) : (['editing.state'] as const);
  await push(
    app,
    types.map((type) => ({
      group: to,
      message: { kind: 'signal', type, ...sent, ttl: signalSeconds[type], ...(type === 'editing.state' && { data: state }) },
    })),
  );
  return { sent: true };
}
