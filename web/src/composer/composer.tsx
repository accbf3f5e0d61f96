import { useEffect, type ClipboardEvent, type FormEvent, type KeyboardEvent, type RefObject } from 'react';
import { ActionIcon, Textarea } from '@mantine/core';
import { SendHorizontal } from 'lucide-react';
import type { LiveSnapshot } from '../../../client/stream/live-stream.ts';
import type { Stream } from '../../../contract/stream.ts';
import { useLive } from '../ui/use-live.ts';
import { AttachButton } from './composer-attach.tsx';
import { ComposerConflict } from './composer-conflict.tsx';
import { ComposerClosed } from './composer-closed.tsx';
import { useDraft, type Draft } from './composer-draft.ts';
import { ComposerFiles } from './composer-files.tsx';
import { ComposerNotes } from './composer-notes.tsx';
import { ComposerSuggest } from './composer-suggest.tsx';
import classes from './composer.module.css';
import { useSend, type SendTarget, type SendState } from './composer-send.ts';
import { useSuggestions, type Suggestions } from './composer-suggestions.ts';

export interface ComposerProps extends SendTarget {
  readonly ref: RefObject<HTMLTextAreaElement | null>;
  readonly snapshot: LiveSnapshot;
  readonly name: string;
  /** The archived stream that closes this composer: the stream itself, or the parent of a thread. */
  readonly closed: Stream | undefined;
  /** The user drags files over the conversation. */
  readonly isDropping: boolean;
  /** Opens the last own message for editing; false when there is none. */
  readonly onEditLast: () => boolean;
}

/** The field for messages; where the reader may not write, it shows the reason. */
export function Composer(props: ComposerProps) {
  return props.closed ? <ComposerClosed closed={props.closed} isOther={props.closed !== props.stream} /> : <OpenComposer {...props} />;
}

/** A device without a mouse has an on-screen keyboard: Enter is its only way to a new line, and opening it hides the page. */
const hasKeyboard = (): boolean => matchMedia('(hover: hover)').matches;

/** The composer of an open stream. The text stays as a draft until it is sent. */
function OpenComposer(props: ComposerProps) {
  const { ref, stream, streamId, uploads } = props;
  const draft = useDraft(streamId);
  const files = useLive(uploads);
  const sending = useSend({ ...props, draft, files });
  const suggest = useSuggestions({ field: ref, draft, stream });
  const disabled = props.snapshot.problem !== undefined;
  useEffect(() => {
    if (hasKeyboard()) ref.current?.focus();
  }, [ref]);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    sending.send();
    ref.current?.focus();
  };
  return (
    <form className={classes.composer} onSubmit={submit}>
      <ComposerSuggest suggest={suggest} />
      {draft.other !== undefined && <ComposerConflict other={draft.other} onChoose={draft.choose} />}
      <div className={classes.box} data-over={sending.room.kind === 'over'} data-dropping={props.isDropping}>
        {files.length > 0 && <ComposerFiles files={files} uploads={uploads} />}
        <div className={classes.line}>
          <Field {...props} {...{ draft, sending, suggest, disabled }} />
          <AttachButton disabled={disabled} onFiles={sending.attach} onPoll={() => props.onPoll({ question: '', options: [] })} />
          <ActionIcon
            type="submit"
            size={32}
            radius="md"
            aria-label="Send"
            loading={sending.busy}
            disabled={disabled || !sending.isSendable}
            className={classes.send}
          >
            <SendHorizontal size={16} />
          </ActionIcon>
        </div>
      </div>
      <ComposerNotes sending={sending} stream={stream} snapshot={props.snapshot} text={draft.text} />
    </form>
  );
}

interface FieldProps extends Pick<ComposerProps, 'ref' | 'name' | 'stream' | 'isDropping' | 'onEditLast'> {
  readonly draft: Draft;
  readonly sending: SendState;
  readonly suggest: Suggestions;
  readonly disabled: boolean;
}

function Field({ ref, name, stream, isDropping, onEditLast, draft, sending, suggest, disabled }: FieldProps) {
  const isThread = stream?.streamType === 'thread';
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.nativeEvent.isComposing) return;
    const isTaken = !event.shiftKey && !event.altKey && suggest.onKey(event.key);
    if (!isTaken) {
      if (event.shiftKey || event.altKey) return;
      if (event.key === 'Enter' && hasKeyboard()) sending.send();
      else if (event.key !== 'ArrowUp' || draft.text !== '' || !onEditLast()) return;
    }
    event.preventDefault();
    // Escape closes the list only, not the panel around it.
    if (isTaken) event.stopPropagation();
  };
  const onPaste = (event: ClipboardEvent): void => {
    const pasted = [...event.clipboardData.files];
    // Office programs put a picture of the text on the clipboard beside the text.
    if (pasted.length === 0 || event.clipboardData.types.includes('text/plain')) return;
    event.preventDefault();
    sending.attach(pasted);
  };
  return (
    <Textarea
      ref={ref}
      className={classes.field}
      variant="unstyled"
      aria-label={`Message to ${name}`}
      aria-describedby={sending.notesId}
      aria-invalid={sending.room.kind === 'over'}
      {...suggest.fieldProps}
      placeholder={isDropping ? 'Drop the files here' : isThread ? 'Reply' : `Message ${name}`}
      disabled={disabled}
      autosize
      minRows={1}
      maxRows={12}
      value={draft.text}
      onChange={(event) => {
        draft.change(event.currentTarget.value);
        suggest.onInput(event.currentTarget);
        sending.onTyped(event.currentTarget.value);
      }}
      onKeyDown={onKeyDown}
      onPaste={onPaste}
    />
  );
}
