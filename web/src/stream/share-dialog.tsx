import { useRef, useState } from 'react';
import { Button, Textarea } from '@mantine/core';
import { problemOf } from '../../../client/errors.ts';
import type { StreamEvent } from '../../../contract/event.ts';
import type { Stream } from '../../../contract/stream.ts';
import { Dialog } from '../ui/dialog.tsx';
import { Avatar } from '../ui/avatar.tsx';
import { DialogForm } from '../ui/dialog-form.tsx';
import { PickField } from '../ui/pick-field.tsx';
import { useDialogFocus } from '../ui/use-dialog-focus.ts';
import { fieldErrors } from '../ui/field-errors.ts';
import classes from './share-dialog.module.css';
import { byActivity } from '../workspace/stream-order.ts';
import { filterStreams, nameOfStream } from '../workspace/stream-filter.ts';
import { StreamIcon } from '../workspace/stream-icon.tsx';
import { firstWords } from '../workspace/thread-roots.ts';
import { useNamedStreams } from '../workspace/use-more-streams.ts';
import { useListedStream } from '../workspace/use-stream.ts';
import { useStreamList, useWorkspace } from '../workspace/workspace-context.ts';

interface Props {
  /** The event to share; undefined closes the dialog. */
  readonly event: StreamEvent | undefined;
  readonly onClose: () => void;
}

/** Shares an event into another stream, with an optional comment. */
export function ShareDialog({ event, onClose }: Props) {
  const { returnFocus, close } = useDialogFocus(onClose);
  return (
    <Dialog opened={event !== undefined} onClose={close} returnFocus={returnFocus} title="Share this message">
      {event && <ShareForm key={event.id} event={event} onClose={close} />}
    </Dialog>
  );
}

/** Limit of streams in the list. */
const offered = 7;
const fields = ['context', 'eventId'] as const;

function ShareForm({ event, onClose }: { event: StreamEvent; onClose: () => void }) {
  const { me } = useWorkspace();
  const [target, setTarget] = useState<Stream>();
  const [context, setContext] = useState('');
  const { busy, errors, share } = useShare(event, onClose);
  const comment = useRef<HTMLTextAreaElement>(null);
  const pick = (picked: Stream): void => {
    setTarget(picked);
    // The field that had the focus disappears.
    comment.current?.focus();
  };
  return (
    <DialogForm
      submit={target ? `Share to ${nameOfStream(target, me.id)}` : 'Share'}
      busy={busy}
      disabled={!target}
      error={errors.form ?? errors.eventId}
      onSubmit={() => target && void share(target, context)}
      onCancel={onClose}
    >
      {target ? (
        <p className={classes.target}>
          <StreamIcon stream={target} size={15} />
          <bdi>{nameOfStream(target, me.id)}</bdi>
          <Button size="compact-xs" variant="default" onClick={() => setTarget(undefined)}>
            Change
          </Button>
        </p>
      ) : (
        <TargetField without={event.streamId} onPick={pick} />
      )}
      <Textarea
        ref={comment}
        label="Why you share it"
        description="Stands above the message. Optional."
        autosize
        minRows={2}
        maxRows={6}
        value={context}
        error={errors.context}
        onChange={(changed) => setContext(changed.currentTarget.value)}
      />
      <Preview event={event} target={target} />
    </DialogForm>
  );
}

function TargetField({ without, onPick }: { without: string; onPick: (stream: Stream) => void }) {
  const { me } = useWorkspace();
  const { streams } = useStreamList();
  const [query, setQuery] = useState('');
  useNamedStreams(query);
  const possible = streams.filter(({ id, archivedAt, streamType }) => id !== without && archivedAt === null && streamType !== 'thread');
  const found = query.trim() === '' ? possible.filter(({ isMember }) => isMember).sort(byActivity) : filterStreams(possible, query, me.id);
  return (
    <PickField
      variant="boxed"
      label="Share to"
      listLabel="Streams"
      placeholder="A stream or a person"
      query={query}
      onQuery={setQuery}
      options={found.slice(0, offered).map((stream) => ({
        key: stream.id,
        value: stream,
        icon: <StreamIcon stream={stream} size={15} />,
        name: nameOfStream(stream, me.id),
        note: stream.description ?? undefined,
      }))}
      onPick={onPick}
      nothing="No stream matches."
    />
  );
}

function Preview({ event, target }: { event: StreamEvent; target: Stream | undefined }) {
  const { me } = useWorkspace();
  const source = useListedStream(event.streamId);
  const isClosed = source !== undefined && source.visibility !== 'public' && target !== undefined;
  return (
    <div>
      <blockquote className={classes.preview}>
        <Avatar id={event.actorId} name={event.actorName} size={26} />
        <div>
          <bdi className={classes.author}>{event.actorName}</bdi>
          <p dir="auto">{firstWords(event, 240) ?? 'Something without words'}</p>
        </div>
      </blockquote>
      {isClosed && (
        <p className={classes.note}>
          Only who may read {nameOfStream(source, me.id)} will see these words in {nameOfStream(target, me.id)}.
        </p>
      )}
    </div>
  );
}

function useShare(event: StreamEvent, onDone: () => void) {
  const { streambed, workspaceId, me, tell, go } = useWorkspace();
  const [busy, setBusy] = useState(false);
  const [errors, setErrors] = useState<ReturnType<typeof fieldErrors<(typeof fields)[number]>>>({});
  const share = async (target: Stream, context: string): Promise<void> => {
    setBusy(true);
    setErrors({});
    try {
      const words = context.trim();
      await streambed
        .workspace(workspaceId)
        .events(target.id)
        .share({ eventId: event.id, ...(words !== '' && { context: words }) });
      onDone();
      tell({
        text: `Shared to ${nameOfStream(target, me.id)}.`,
        action: { label: 'Open', run: () => go({ kind: 'stream', streamId: target.id }) },
      });
    } catch (error) {
      setErrors(fieldErrors(problemOf(error), fields));
      setBusy(false);
    }
  };
  return { busy, errors, share };
}
