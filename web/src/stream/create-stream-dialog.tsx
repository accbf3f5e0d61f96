import { useRef, useState } from 'react';
import { Textarea, TextInput } from '@mantine/core';
import { Globe, Hash, Lock, MessageCircle, Siren } from 'lucide-react';
import type * as z from 'zod';
import { problemOf } from '../../../client/errors.ts';
import type { CreateStream, Person, Severity } from '../../../contract/stream.ts';
import { maxDmMembers } from '../../../contract/stream.ts';
import { UserId } from '../../../contract/ids.ts';
import { Dialog } from '../ui/dialog.tsx';
import { ChoiceCards } from '../ui/choice-cards.tsx';
import { DialogForm } from '../ui/dialog-form.tsx';
import { useDialogFocus } from '../ui/use-dialog-focus.ts';
import { fieldErrors } from '../ui/field-errors.ts';
import { severities } from '../workspace/incident-severity.ts';
import { PeoplePicker } from './people-picker.tsx';
import { useStreamList, useWorkspace } from '../workspace/workspace-context.ts';

interface Props {
  readonly opened: boolean;
  readonly onClose: () => void;
}

/** Creates a stream and goes there. */
export function CreateStreamDialog({ opened, onClose }: Props) {
  const { returnFocus, leave, close } = useDialogFocus(onClose);
  return (
    <Dialog opened={opened} onClose={close} returnFocus={returnFocus} title="New stream">
      <CreateStreamForm onCreated={leave} onClose={close} />
    </Dialog>
  );
}

const fields = ['name', 'description', 'visibility', 'severity', 'memberIds'] as const;
type Errors = ReturnType<typeof fieldErrors<(typeof fields)[number]>>;

const types = [
  { value: 'channel', label: 'Channel', note: 'For a topic', icon: Hash },
  { value: 'incident', label: 'Incident', note: 'Something is broken', icon: Siren },
  { value: 'dm', label: 'DM', note: 'Only between a few people', icon: MessageCircle },
] as const;
type NewType = (typeof types)[number]['value'];

const visibilities = [
  { value: 'public', label: 'Everyone', note: 'The whole workspace', icon: Globe },
  { value: 'private', label: 'Only its members', note: 'You, and whom you add', icon: Lock },
] as const;

interface Draft {
  readonly type: NewType;
  readonly name: string;
  readonly description: string;
  readonly visibility: 'public' | 'private';
  readonly severity: Severity;
  readonly people: readonly Person[];
}
const blank: Draft = { type: 'channel', name: '', description: '', visibility: 'public', severity: 'sev3', people: [] };

function CreateStreamForm({ onCreated, onClose }: { onCreated: () => void; onClose: () => void }) {
  const { me } = useStreamList();
  const isGuest = me?.role === 'guest';
  // Guests cannot create streams that other members would have to find.
  const [draft, setDraft] = useState<Draft>(isGuest ? { ...blank, type: 'dm' } : blank);
  const change = (part: Partial<Draft>): void => setDraft((before) => ({ ...before, ...part }));
  const { busy, errors, create } = useCreateStream(onCreated);
  const { type } = draft;
  return (
    <DialogForm
      submit={type === 'dm' ? 'Open the conversation' : type === 'incident' ? 'Start the incident' : 'Create stream'}
      busy={busy}
      error={errors.form}
      onSubmit={() => void create(draft)}
      onCancel={onClose}
    >
      <ChoiceCards
        legend="What it is"
        name="stream-type"
        columns={3}
        choices={isGuest ? types.filter(({ value }) => value === 'dm') : types}
        value={type}
        onChange={(next) => change({ type: next })}
      />
      {type === 'dm' ? (
        <DmFields draft={draft} errors={errors} onChange={change} />
      ) : (
        <NamedFields draft={draft} errors={errors} onChange={change} />
      )}
    </DialogForm>
  );
}

interface FieldsProps {
  readonly draft: Draft;
  readonly errors: Errors;
  readonly onChange: (part: Partial<Draft>) => void;
}

function NamedFields({ draft, errors, onChange }: FieldsProps) {
  return (
    <>
      <TextInput
        data-autofocus
        label="Name"
        required
        placeholder={draft.type === 'incident' ? 'Checkout outage' : 'release-train'}
        value={draft.name}
        error={errors.name}
        onChange={(event) => onChange({ name: event.currentTarget.value })}
      />
      {draft.type === 'incident' && (
        <ChoiceCards
          legend="Severity"
          name="severity"
          choices={severities}
          value={draft.severity}
          error={errors.severity}
          onChange={(severity) => onChange({ severity })}
        />
      )}
      <Textarea
        label="Description"
        description={draft.type === 'incident' ? 'What is known so far. Optional.' : 'What belongs here. Optional.'}
        autosize
        minRows={2}
        maxRows={6}
        value={draft.description}
        error={errors.description}
        onChange={(event) => onChange({ description: event.currentTarget.value })}
      />
      <ChoiceCards
        legend="Who can read it"
        name="visibility"
        choices={visibilities}
        value={draft.visibility}
        error={errors.visibility}
        onChange={(visibility) => onChange({ visibility })}
      />
    </>
  );
}

function DmFields({ draft, errors, onChange }: FieldsProps) {
  const { me } = useWorkspace();
  return (
    <PeoplePicker
      label="People"
      chosen={draft.people}
      without={new Set([me.id])}
      most={maxDmMembers - 1}
      error={errors.memberIds}
      onChange={(people) => onChange({ people })}
    />
  );
}

function bodyOf({ type, name, description, visibility, severity, people }: Draft): z.input<typeof CreateStream> {
  if (type === 'dm') return { streamType: 'dm', memberIds: people.map(({ id }) => UserId.parse(id)) };
  const named = { name, visibility, ...(description.trim() !== '' && { description }) };
  return type === 'incident' ? { streamType: 'incident', ...named, severity } : { streamType: 'channel', ...named };
}

function useCreateStream(onDone: () => void) {
  const { streambed, workspaceId, list, go } = useWorkspace();
  const [busy, setBusy] = useState(false);
  const [errors, setErrors] = useState<Errors>({});
  // A retry of the same form must not create a second stream, so the idempotency key changes with the content only.
  const attempt = useRef({ key: crypto.randomUUID(), body: '' });
  const create = async (draft: Draft): Promise<void> => {
    if (draft.type === 'dm' && draft.people.length === 0) return setErrors({ memberIds: 'Choose at least one person.' });
    const given = bodyOf(draft);
    const body = JSON.stringify(given);
    if (attempt.current.body !== body) attempt.current = { key: crypto.randomUUID(), body };
    setBusy(true);
    setErrors({});
    try {
      const { streams } = streambed.workspace(workspaceId);
      const stream = await list.put(streams.create(given, { idempotencyKey: attempt.current.key }));
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
