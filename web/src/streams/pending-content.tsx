import type { PendingEvent } from '../../../client/live-stream.ts';
import { MessageBody } from './message-body.tsx';
import { PendingStatus } from './pending-status.tsx';
import type { RowActions } from './row-actions.ts';

/** Something of ours that is on its way, and how that goes. */
export function PendingContent({ pending, actions }: { pending: PendingEvent; actions: Pick<RowActions, 'onRetry' | 'onDiscard'> }) {
  return (
    <>
      <MessageBody text={pending.text} mentions={[]} />
      <PendingStatus pending={pending} actions={actions} />
    </>
  );
}
