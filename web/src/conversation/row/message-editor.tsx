import { useEffect, useRef, useState, type KeyboardEvent } from 'react';
import { Button, Textarea } from '@mantine/core';
import { problemOf } from '../../../../client/errors.ts';
import type { Problem } from '../../../../contract/errors.ts';
import type { StreamEvent } from '../../../../contract/event.ts';
import { sentenceOf } from '../../ui/problem-words.ts';
import classes from './message-editor.module.css';
import type { EventActions } from '../actions/event-actions.ts';
import { roomLeft } from '../../ui/message-text.ts';

interface Props {
  readonly event: StreamEvent;
  readonly actions: Pick<EventActions, 'onSave' | 'onEditDone' | 'onDelete'>;
}

/** Edits a message in its place: Enter saves, Escape cancels. */
export function MessageEditor({ event, actions }: Props) {
  const before = event.content?.text ?? '';
  const [text, setText] = useState(before);
  const { busy, problem, save } = useSave(event, actions);
  const field = useFieldAtEnd();
  const room = roomLeft(text);
  const isEmpty = text.trim() === '';
  const submit = (): void => {
    if (busy || isEmpty || room.kind === 'over') return;
    if (text === before) actions.onEditDone();
    else void save(text);
  };
  const onKeyDown = (key: KeyboardEvent): void => {
    if (key.nativeEvent.isComposing) return;
    if (key.key === 'Escape') actions.onEditDone();
    else if (key.key === 'Enter' && !key.shiftKey) submit();
    else return;
    key.preventDefault();
    key.stopPropagation();
  };
  return (
    <div className={classes.editor}>
      <Textarea
        ref={field}
        aria-label="Edit message"
        autosize
        minRows={1}
        maxRows={14}
        value={text}
        onChange={(change) => setText(change.currentTarget.value)}
        onKeyDown={onKeyDown}
        error={room.kind === 'over' ? room.message : problem && `Not saved. ${sentenceOf(problem)}`}
      />
      <div className={classes.foot}>
        <span>{isEmpty ? 'A message cannot be empty; it can be deleted.' : 'Enter saves, Escape cancels'}</span>
        {isEmpty && (
          <Button size="compact-sm" variant="light" color="danger" onClick={() => actions.onDelete(event)}>
            Delete
          </Button>
        )}
        <Button size="compact-sm" variant="default" onClick={actions.onEditDone}>
          Cancel
        </Button>
        <Button size="compact-sm" loading={busy} disabled={isEmpty || room.kind === 'over'} onClick={submit}>
          Save
        </Button>
      </div>
    </div>
  );
}

function useSave(event: StreamEvent, { onSave, onEditDone }: Props['actions']) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const save = async (text: string): Promise<void> => {
    setBusy(true);
    setProblem(undefined);
    try {
      await onSave(event.id, text);
      onEditDone();
    } catch (error) {
      setProblem(problemOf(error));
      setBusy(false);
    }
  };
  return { busy, problem, save };
}

/** Puts the caret at the end of the text when the editor opens. */
function useFieldAtEnd() {
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    const element = field.current;
    if (!element) return;
    element.focus();
    element.setSelectionRange(element.value.length, element.value.length);
    element.scrollIntoView({ block: 'nearest' });
  }, []);
  return field;
}
