import { Button } from '@mantine/core';
import type { StreamEvent } from '../../../contract/event.ts';
import { Dialog, DialogFooter } from '../ui/dialog.tsx';
import { sentenceOf } from '../ui/problem-words.ts';
import { useTask } from '../ui/use-task.ts';
import classes from './delete-dialog.module.css';

interface Props {
  /** The event to delete; undefined closes the dialog. */
  readonly event: StreamEvent | undefined;
  readonly onDelete: (event: StreamEvent) => Promise<void>;
  readonly onClose: () => void;
}

/** Asks before a message is deleted, and warns that there is no undo. */
export function DeleteDialog({ event, onDelete, onClose }: Props) {
  return (
    <Dialog opened={event !== undefined} onClose={onClose} title="Delete this message?" returnFocus={false}>
      {event && (
        <Question
          key={event.id}
          text={event.content?.text ?? event.poll?.question ?? event.file?.name ?? event.sharedRef?.context ?? ''}
          onDelete={() => onDelete(event)}
          onClose={onClose}
        />
      )}
    </Dialog>
  );
}

interface QuestionProps {
  readonly text: string;
  readonly onDelete: () => Promise<void>;
  readonly onClose: () => void;
}

function Question({ text, onDelete, onClose }: QuestionProps) {
  const { busy, problem, run } = useTask();
  const confirm = async (): Promise<void> => {
    if (await run(onDelete)) onClose();
  };
  return (
    <>
      {text !== '' && (
        <blockquote className={classes.text} dir="auto">
          {text}
        </blockquote>
      )}
      <p className={classes.words}>
        It is removed for everyone in the stream, and it cannot be brought back. A note that a message was deleted stays.
      </p>
      <DialogFooter error={problem && `It was not deleted. ${sentenceOf(problem)}`}>
        <Button data-autofocus variant="default" onClick={onClose}>
          Keep it
        </Button>
        <Button color="danger" loading={busy} onClick={() => void confirm()}>
          Delete message
        </Button>
      </DialogFooter>
    </>
  );
}
