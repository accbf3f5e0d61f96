import { useState } from 'react';
import { Button, TextInput } from '@mantine/core';
import { problemOf } from '../../../client/errors.ts';
import type { Epoch } from '../../../contract/epoch.ts';
import { Dialog } from '../ui/dialog.tsx';
import { sentenceOf } from '../ui/problem-words.ts';
import { useWorkspace } from '../workspace/workspace-context.ts';
import { DialogForm } from '../ui/dialog-form.tsx';

interface Props {
  /** The epoch to rename; undefined closes the dialog. */
  readonly epoch: Epoch | undefined;
  readonly onRenamed: () => void;
  readonly onClose: () => void;
}

/** Asks for the name of an epoch. */
export function RenameDialog({ epoch, onRenamed, onClose }: Props) {
  return (
    <Dialog opened={epoch !== undefined} onClose={onClose} title="Rename this topic" returnFocus={false}>
      {epoch && <RenameForm key={epoch.id} {...{ epoch, onRenamed, onClose }} />}
    </Dialog>
  );
}

/** The server's limit of characters. */
const mostCharacters = 80;

function RenameForm({ epoch, onRenamed, onClose }: Props & { epoch: Epoch }) {
  const { streambed, workspaceId } = useWorkspace();
  const [label, setLabel] = useState(epoch.label ?? '');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();
  const save = async (next: string | null): Promise<void> => {
    setBusy(true);
    setError(undefined);
    try {
      await streambed.workspace(workspaceId).memory.updateEpoch(epoch.id, { label: next });
      onRenamed();
      onClose();
    } catch (failure) {
      setError(sentenceOf(problemOf(failure)));
      setBusy(false);
    }
  };
  const trimmed = label.replace(/\s+/g, ' ').trim();
  return (
    <DialogForm
      submit="Rename"
      busy={busy}
      disabled={trimmed === ''}
      error={error}
      onSubmit={() => (trimmed === epoch.label ? onClose() : void save(trimmed))}
      onCancel={onClose}
    >
      <TextInput
        data-autofocus
        label="What it is about"
        description="Everybody in the stream sees this name."
        dir="auto"
        maxLength={mostCharacters}
        value={label}
        onChange={(event) => setLabel(event.currentTarget.value)}
      />
      {epoch.labelSource === 'member' && (
        <Button variant="subtle" size="compact-sm" justify="start" disabled={busy} onClick={() => void save(null)}>
          Let memory name it
        </Button>
      )}
    </DialogForm>
  );
}
