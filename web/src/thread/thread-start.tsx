import { useEffect, useRef, useState, type FormEvent, type KeyboardEvent } from 'react';
import { ActionIcon, Textarea } from '@mantine/core';
import { SendHorizontal } from 'lucide-react';
import type { LiveSnapshot } from '../../../client/stream/live-stream.ts';
import type { EventId, StreamId } from '../../../contract/ids.ts';
import { useTask } from '../ui/use-task.ts';
import { sentenceOf } from '../ui/problem-words.ts';
import { isSendable, roomLeft } from '../ui/message-text.ts';
import { hasHiddenBranch, hiddenBranchNote } from '../conversation/actions/branch.ts';
import { ThreadRoot } from './thread-root.tsx';
import classes from './thread-panel.module.css';
import { useWorkspace } from '../workspace/workspace-context.ts';

interface Props {
  readonly streamId: StreamId;
  readonly eventId: EventId;
  readonly snapshot: LiveSnapshot;
}

/** A thread without replies: the first reply creates it, so that opening the panel changes nothing. */
export function ThreadStart({ streamId, eventId, snapshot }: Props) {
  const { drafts } = useWorkspace();
  const field = useRef<HTMLTextAreaElement>(null);
  const [text, setText] = useState(() => drafts.read(eventId));
  const { busy, problem, start } = useStart({ streamId, eventId });
  const room = roomLeft(text);
  const root = snapshot.events.find(({ id }) => id === eventId);
  useEffect(() => field.current?.focus(), []);
  const change = (next: string): void => {
    setText(next);
    drafts.write(eventId, next);
  };
  const send = (): void => {
    if (isSendable(text) && !busy) void start(text);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing || !matchMedia('(hover: hover)').matches) return;
    event.preventDefault();
    send();
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    send();
  };
  if (root && hasHiddenBranch(root)) {
    return (
      <>
        <ThreadRoot streamId={streamId} eventId={eventId} snapshot={snapshot} />
        <p className={classes.nothing}>{hiddenBranchNote}</p>
      </>
    );
  }
  return (
    <>
      <ThreadRoot streamId={streamId} eventId={eventId} snapshot={snapshot} />
      <p className={classes.nothing}>Nobody has replied yet.</p>
      <form className={classes.start} onSubmit={submit}>
        <div className={classes.box}>
          <Textarea
            ref={field}
            className={classes.field}
            variant="unstyled"
            aria-label="Reply"
            placeholder="Reply"
            autosize
            minRows={1}
            maxRows={12}
            value={text}
            error={room.kind === 'over' ? room.message : problem ? sentenceOf(problem) : undefined}
            onChange={(event) => change(event.currentTarget.value)}
            onKeyDown={onKeyDown}
          />
          <ActionIcon type="submit" size={32} radius="md" aria-label="Send" loading={busy} disabled={!isSendable(text)}>
            <SendHorizontal size={16} />
          </ActionIcon>
        </div>
      </form>
    </>
  );
}

function useStart({ streamId, eventId }: Pick<Props, 'streamId' | 'eventId'>) {
  const { streambed, workspaceId, list, open, go, drafts } = useWorkspace();
  const { busy, problem, run } = useTask();
  const start = (text: string): Promise<boolean> =>
    run(async () => {
      const thread = await list.put(streambed.workspace(workspaceId).events(streamId).thread({ eventId }));
      // From here on the stream sends and retries the reply like any message.
      open.use(thread.id).send(text);
      drafts.write(eventId, '');
      go({ kind: 'stream', streamId, thread: thread.id }, 'replace');
    });
  return { busy, problem, start };
}
