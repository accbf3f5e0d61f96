import { SearchX } from 'lucide-react';
import type { LiveSnapshot, LiveStream } from '../../../client/stream/live-stream.ts';
import { useUploads } from '../files/use-uploads.ts';
import { Empty } from '../ui/empty.tsx';
import { lossWords, type Loss } from '../workspace/stream-loss.ts';
import classes from './lost-conversation.module.css';
import { PendingContent } from './row/pending-content.tsx';

interface Props {
  readonly of: 'stream' | 'thread';
  readonly loss: Loss;
  readonly streamId: string;
  readonly live: LiveStream;
  readonly snapshot: LiveSnapshot;
}

/** The replacement of a conversation that its reader may not see: the reason, and the reader's own unsent messages. */
export function LostConversation({ of, loss, streamId, live, snapshot: { pending } }: Props) {
  const uploads = useUploads(streamId);
  const actions = { onDiscard: (clientEventId: string): void => live.discard(clientEventId) };
  return (
    <>
      <LossNotice of={of} loss={loss} />
      {pending.length > 0 && (
        <section className={classes.unsent} aria-label="Unsent messages">
          <h3>What you wrote was not sent</h3>
          {pending.map((each) => (
            <div key={each.clientEventId}>
              <PendingContent pending={each} uploads={uploads} actions={actions} />
            </div>
          ))}
        </section>
      )}
    </>
  );
}

export function LossNotice({ of, loss }: Pick<Props, 'of' | 'loss'>) {
  const { title, says } = lossWords(of, loss);
  return (
    <Empty icon={<SearchX size={22} />} title={title} level={2}>
      <p>{says}</p>
    </Empty>
  );
}
