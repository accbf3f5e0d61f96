import type { FormEvent, ReactNode } from 'react';
import { Button } from '@mantine/core';
import { DialogFooter } from './dialog.tsx';
import classes from './dialog-form.module.css';

interface Props {
  readonly submit: string;
  readonly busy: boolean;
  /** The error that belongs to no field. */
  readonly error: string | undefined;
  readonly onSubmit: () => void;
  readonly onCancel: () => void;
  readonly disabled?: boolean;
  readonly children: ReactNode;
}

/** The frame of a form in a dialog: fields, error, and the two buttons. */
export function DialogForm({ submit, busy, error, onSubmit, onCancel, disabled = false, children }: Props) {
  const send = (event: FormEvent): void => {
    event.preventDefault();
    if (!busy) onSubmit();
  };
  return (
    <form onSubmit={send} noValidate className={classes.form}>
      {children}
      <DialogFooter error={error}>
        <Button variant="default" onClick={onCancel}>
          Cancel
        </Button>
        <Button type="submit" loading={busy} disabled={disabled}>
          {submit}
        </Button>
      </DialogFooter>
    </form>
  );
}
