import { useRef, useState, type FormEvent } from 'react';
import { Button, Modal, Textarea, TextInput } from '@mantine/core';
import { Globe, Lock } from 'lucide-react';
import { problemOf } from '../../../client/errors.ts';
import classes from './create-stream-dialog.module.css';
import { useDialogFocus } from '../ui/use-dialog-focus.ts';
import { fieldErrors } from './field-errors.ts';
import { useWorkspace } from './workspace-context.ts';

interface Props {
  readonly opened: boolean;
  readonly onClose: () => void;
}

/** Creates a stream and goes there. */
export function CreateStreamDialog({ opened, onClose }: Props) {
  const { returnFocus, leave, close } = useDialogFocus(onClose);
  return (
    <Modal
      opened={opened}
      onClose={close}
      returnFocus={returnFocus}
      title="New stream"
      centered
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <CreateStreamForm onCreated={leave} onClose={close} />
    </Modal>
  );
}

const fields = ['name', 'description', 'visibility'] as const;
type Errors = ReturnType<typeof fieldErrors<(typeof fields)[number]>>;

function CreateStreamForm({ onCreated, onClose }: { onCreated: () => void; onClose: () => void }) {
  const [name, setName] = useState('');
  const [description, setDescription] = useState('');
  const [visibility, setVisibility] = useState<'public' | 'private'>('public');
  const { busy, errors, create } = useCreateStream(onCreated);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    void create({ name, description: description.trim() === '' ? undefined : description, visibility });
  };
  return (
    <form onSubmit={submit} noValidate className={classes.form}>
      <TextInput
        data-autofocus
        label="Name"
        required
        placeholder="release-train"
        value={name}
        error={errors.name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <Textarea
        label="Description"
        description="What belongs here. Optional."
        autosize
        minRows={2}
        maxRows={6}
        value={description}
        error={errors.description}
        onChange={(event) => setDescription(event.currentTarget.value)}
      />
      <VisibilityField value={visibility} error={errors.visibility} onChange={setVisibility} />
      {errors.form && (
        <p className={classes.error} role="alert">
          {errors.form}
        </p>
      )}
      <div className={classes.buttons}>
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button type="submit" loading={busy}>
          Create stream
        </Button>
      </div>
    </form>
  );
}

interface NewStream {
  readonly name: string;
  readonly description: string | undefined;
  readonly visibility: 'public' | 'private';
}

function useCreateStream(onDone: () => void) {
  const { streambed, workspaceId, list, go } = useWorkspace();
  const [busy, setBusy] = useState(false);
  const [errors, setErrors] = useState<Errors>({});
  // One form makes one stream, however often it has to be sent; what was refused and corrected is another stream.
  const attempt = useRef({ key: crypto.randomUUID(), body: '' });
  const create = async (given: NewStream): Promise<void> => {
    const body = JSON.stringify(given);
    if (attempt.current.body !== body) attempt.current = { key: crypto.randomUUID(), body };
    setBusy(true);
    setErrors({});
    try {
      const stream = await streambed
        .workspace(workspaceId)
        .streams.create({ streamType: 'channel', ...given }, { idempotencyKey: attempt.current.key });
      list.put(stream);
      onDone();
      go({ kind: 'stream', streamId: stream.id });
    } catch (error) {
      setErrors(fieldErrors(problemOf(error), fields));
    } finally {
      setBusy(false);
    }
  };
  return { busy, errors, create };
}

interface VisibilityProps {
  readonly value: 'public' | 'private';
  readonly error: string | undefined;
  readonly onChange: (value: 'public' | 'private') => void;
}

const choices = [
  { value: 'public', label: 'Everyone', note: 'The whole workspace', icon: Globe },
  { value: 'private', label: 'Only its members', note: 'You, and whom you add', icon: Lock },
] as const;

function VisibilityField({ value, error, onChange }: VisibilityProps) {
  return (
    <fieldset className={classes.visibility}>
      <legend>Who can read it</legend>
      <div className={classes.choices}>
        {choices.map(({ value: own, label, note, icon: Icon }) => (
          <label key={own} className={classes.choice}>
            <input type="radio" name="visibility" value={own} checked={own === value} onChange={() => onChange(own)} />
            <Icon size={15} aria-hidden="true" />
            <span>{label}</span>
            <small>{note}</small>
          </label>
        ))}
      </div>
      {error && <p className={classes.error}>{error}</p>}
    </fieldset>
  );
}
