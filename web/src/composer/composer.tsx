import { useEffect, type ClipboardEvent, type FormEvent, type KeyboardEvent, type RefObject } from 'react';
import { ActionIcon, Textarea } from '@mantine/core';
import { SendHorizontal } from 'lucide-react';
import type { LiveSnapshot } from '../../../client/stream/live-stream.ts';
import type { Stream } from '../../../contract/stream.ts';
import { useLive } from '../ui/use-live.ts';
import { AttachButton } from './composer-attach.tsx';
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
  /** The stream that is archived, so that nothing can be said here: this one, or the one that a thread branched from. */
  readonly closed: Stream | undefined;
  /** Files are being dragged over the conversation. */
  readonly isDropping: boolean;
  /** Says whether there was a message to edit. */
  readonly onEditLast: () => boolean;
}

/** Where messages are written; where nothing may be written, it says why. */
export function Composer(props: ComposerProps) {
  return props.closed ? <ComposerClosed closed={props.closed} isOther={props.closed !== props.stream} /> : <OpenComposer {...props} />;
}

/** Without a mouse there is an on-screen keyboard: its Enter is the only way to a new line, and opening it hides the page. */
const hasKeyboard = (): boolean => matchMedia('(hover: hover)').matches;

/** What is typed is kept as a draft until it is sent. */
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
    // Escape closes the list and nothing around it.
    if (isTaken) event.stopPropagation();
  };
  const onPaste = (event: ClipboardEvent): void => {
    const pasted = [...event.clipboardData.files];
    // Office programs put a picture of the text beside the text.
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
