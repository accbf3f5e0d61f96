import { useState } from 'react';
import { Button, Textarea, TextInput } from '@mantine/core';
import { Globe, Lock } from 'lucide-react';
import { problemOf } from '../../../client/errors.ts';
import type { Severity, Stream, UpdateStream } from '../../../contract/stream.ts';
import { MemorySettingsForm } from '../epochs/memory-settings-form.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { ChoiceCards } from '../ui/choice-cards.tsx';
import { DialogForm } from '../ui/dialog-form.tsx';
import { useDialogFocus } from '../ui/use-dialog-focus.ts';
import { fieldErrors } from '../ui/field-errors.ts';
import { severities } from '../workspace/incident-severity.ts';
import classes from './stream-header-settings.module.css';
import { useRights } from '../workspace/stream-rights.ts';
import { useListedStream } from '../workspace/use-stream.ts';
import { useWorkspace } from '../workspace/workspace-context.ts';

interface Props {
  /** The stream whose settings show; undefined closes the dialog. */
  readonly streamId: string | undefined;
  readonly onClose: () => void;
}

/** Name, topic, visibility and memory settings of a stream. */
export function SettingsDialog({ streamId, onClose }: Props) {
  const { returnFocus, close } = useDialogFocus(onClose);
  const stream = useListedStream(streamId ?? null);
  return (
    <Dialog opened={streamId !== undefined} onClose={close} returnFocus={returnFocus} title="Settings">
      {stream && <SettingsTabs key={stream.id} stream={stream} onClose={close} />}
    </Dialog>
  );
}

const tabs = [
  ['general', 'General'],
  ['memory', 'Memory'],
] as const;

/** General and memory settings in two tabs, which save separately. */
function SettingsTabs({ stream, onClose }: { stream: Stream; onClose: () => void }) {
  const { rename, describe, setMemory } = useRights(stream);
  const hasGeneral = rename || describe;
  const [tab, setTab] = useState<'general' | 'memory'>(hasGeneral ? 'general' : 'memory');
  return (
    <>
      {hasGeneral && (
        <div className={classes.sides}>
          {tabs.map(([value, label]) => (
            <Button
              key={value}
              size="compact-sm"
              variant={value === tab ? 'light' : 'subtle'}
              color="gray"
              aria-pressed={value === tab}
              onClick={() => setTab(value)}
            >
              {label}
            </Button>
          ))}
        </div>
      )}
      {tab === 'general' ? (
        <SettingsForm stream={stream} onClose={onClose} />
      ) : (
        <MemorySettingsForm streamId={stream.id} mayChange={setMemory} onClose={onClose} />
      )}
    </>
  );
}

const fields = ['name', 'description', 'visibility', 'severity'] as const;

const visibilities = [
  { value: 'public', label: 'Everyone', note: 'The whole workspace can read and join', icon: Globe },
  { value: 'private', label: 'Only its members', note: 'Others will not see that it exists', icon: Lock },
] as const;

interface Draft {
  readonly name: string;
  readonly description: string;
  readonly visibility: Stream['visibility'];
  readonly severity: Severity;
}

const draftOf = ({ name, description, visibility, severity }: Stream): Draft => ({
  name: name ?? '',
  description: description ?? '',
  visibility,
  severity: severity ?? 'sev3',
});

function SettingsForm({ stream, onClose }: { stream: Stream; onClose: () => void }) {
  const rights = useRights(stream);
  // Changes are relative to the settings at the opening of the form, so that changes of other members survive.
  const [opened] = useState(stream);
  const [draft, setDraft] = useState(() => draftOf(stream));
  const change = (part: Partial<Draft>): void => setDraft((now) => ({ ...now, ...part }));
  const { busy, errors, save } = useSave(opened, onClose);
  return (
    <DialogForm submit="Save" busy={busy} error={errors.form} onSubmit={() => void save(draft)} onCancel={onClose}>
      <TextInput
        data-autofocus={rights.rename || undefined}
        label="Name"
        required
        disabled={!rights.rename}
        value={draft.name}
        error={errors.name}
        onChange={(event) => change({ name: event.currentTarget.value })}
      />
      <Textarea
        data-autofocus={!rights.rename || undefined}
        label="Topic"
        autosize
        minRows={2}
        maxRows={6}
        disabled={!rights.describe}
        value={draft.description}
        error={errors.description}
        onChange={(event) => change({ description: event.currentTarget.value })}
      />
      {stream.streamType === 'incident' && rights.resolve && (
        <ChoiceCards
          legend="Severity"
          name="severity"
          choices={severities}
          value={draft.severity}
          error={errors.severity}
          onChange={(severity) => change({ severity })}
        />
      )}
      {rights.setVisibility && (
        <ChoiceCards
          legend="Who can read it"
          name="visibility"
          choices={visibilities}
          value={draft.visibility === 'inherit' ? undefined : draft.visibility}
          error={errors.visibility}
          onChange={(visibility) => change({ visibility })}
        />
      )}
    </DialogForm>
  );
}

/** The changed settings only, so that changes of other members survive. */
function changesOf(before: Stream, draft: Draft): UpdateStream {
  const old = draftOf(before);
  return {
    ...(draft.name !== old.name && { name: draft.name }),
    ...(draft.description !== old.description && { description: draft.description }),
    ...(draft.visibility !== old.visibility && draft.visibility !== 'inherit' && { visibility: draft.visibility }),
    ...(draft.severity !== old.severity && before.streamType === 'incident' && { severity: draft.severity }),
  };
}

function useSave(before: Stream, onDone: () => void) {
  const { streambed, workspaceId, list } = useWorkspace();
  const { streams } = streambed.workspace(workspaceId);
  const [rev, setRev] = useState(before.rev);
  const [busy, setBusy] = useState(false);
  const [errors, setErrors] = useState<ReturnType<typeof fieldErrors<(typeof fields)[number]>>>({});
  const save = async (draft: Draft): Promise<void> => {
    const body = changesOf(before, draft);
    if (Object.keys(body).length === 0) return onDone();
    setBusy(true);
    setErrors({});
    try {
      await list.put(streams.update(before.id, body, { ifMatch: rev }));
      onDone();
    } catch (error) {
      const problem = problemOf(error);
      setErrors(fieldErrors(problem, fields));
      if (problem.status === 412) {
        const newer = await list.put(streams.read(before.id)).catch(() => undefined);
        if (newer) {
          setRev(newer.rev);
          setErrors({ form: 'Somebody else changed the settings meanwhile. Save again to put yours in their place.' });
        }
      }
      setBusy(false);
    }
  };
  return { busy, errors, save };
}
