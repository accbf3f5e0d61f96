import { useEffect, useState, type FormEvent, type KeyboardEvent, type RefObject } from 'react';
import { ActionIcon, Textarea } from '@mantine/core';
import { SendHorizontal } from 'lucide-react';
import classes from './composer.module.css';
import { isSendable, roomLeft } from './message-text.ts';
import { useWorkspace } from './workspace-context.ts';

interface Props {
  readonly ref: RefObject<HTMLTextAreaElement | null>;
  readonly streamId: string;
  readonly name: string;
  readonly disabled: boolean;
  readonly onSend: (text: string) => void;
  /** Says whether there was a message to edit. */
  readonly onEditLast: () => boolean;
}

/** Without a mouse there is an on-screen keyboard: its Enter is the only way to a new line, and opening it hides the page. */
const hasKeyboard = (): boolean => matchMedia('(hover: hover)').matches;

/** Where messages are written. What is typed is kept as a draft until it is sent. */
export function Composer({ ref, streamId, name, disabled, onSend, onEditLast }: Props) {
  const { text, change } = useDraft(streamId);
  const room = roomLeft(text);
  useEffect(() => {
    if (hasKeyboard()) ref.current?.focus();
  }, [ref]);
  const send = (): void => {
    if (disabled || !isSendable(text)) return;
    onSend(text);
    change('');
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.nativeEvent.isComposing || event.shiftKey || event.altKey) return;
    if (event.key === 'Enter' && hasKeyboard()) send();
    else if (event.key !== 'ArrowUp' || text !== '' || !onEditLast()) return;
    event.preventDefault();
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    send();
    ref.current?.focus();
  };
  return (
    <form className={classes.composer} onSubmit={submit}>
      <div className={classes.box} data-over={room.kind === 'over'}>
        <Textarea
          ref={ref}
          className={classes.field}
          variant="unstyled"
          aria-label={`Message to ${name}`}
          aria-describedby="composer-notes"
          aria-invalid={room.kind === 'over'}
          placeholder={`Message ${name}`}
          disabled={disabled}
          autosize
          minRows={1}
          maxRows={12}
          value={text}
          onChange={(event) => change(event.currentTarget.value)}
          onKeyDown={onKeyDown}
        />
        <ActionIcon type="submit" size={32} radius="md" aria-label="Send" disabled={disabled || !isSendable(text)} className={classes.send}>
          <SendHorizontal size={16} />
        </ActionIcon>
      </div>
      <p id="composer-notes" className={classes.notes} data-kind={room.kind} role={room.kind === 'plenty' ? undefined : 'status'}>
        {room.kind === 'plenty' ? <Hints /> : room.message}
      </p>
    </form>
  );
}

function useDraft(streamId: string) {
  const { drafts } = useWorkspace();
  const [text, setText] = useState(() => drafts.read(streamId));
  const change = (next: string): void => {
    setText(next);
    drafts.write(streamId, next);
  };
  return { text, change };
}

function Hints() {
  return (
    <span className={classes.hints}>
      <b>Enter</b> sends, <b>Shift Enter</b> breaks the line, **bold**, `code` and the rest of markdown work
    </span>
  );
}
