import { useCallback, useState } from 'react';
import { Button, Loader, TextInput } from '@mantine/core';
import { problemOf } from '../../../client/errors.ts';
import type { MemorySettings } from '../../../contract/epoch.ts';
import { sentenceOf } from '../ui/problem-words.ts';
import { useRequest, type Request } from '../ui/use-request.ts';
import { fieldErrors } from '../ui/field-errors.ts';
import { useWorkspace } from '../workspace/workspace-context.ts';
import { ChoiceCards } from '../ui/choice-cards.tsx';
import { DialogFooter } from '../ui/dialog.tsx';
import { DialogForm } from '../ui/dialog-form.tsx';
import { changesOf, draftOf, limits, type SettingsDraft } from './memory-settings.ts';
import classes from './memory-settings-form.module.css';

interface Props {
  readonly streamId: string;
  /** The caller may change the settings; otherwise the form is read-only. */
  readonly mayChange: boolean;
  readonly onClose: () => void;
}

/** The settings of a stream's epochs. */
export function MemorySettingsForm({ streamId, mayChange, onClose }: Props) {
  const { value: settings, problem } = useSettings(streamId);
  if (problem) return <p className={classes.note}>{sentenceOf(problem)}</p>;
  if (!settings) return <Loader size="sm" aria-label="Loading" />;
  return <Fields {...{ streamId, settings, mayChange, onClose }} />;
}

const switched = [
  { value: 'on', label: 'Remember', note: 'New messages are cut into topics that can be found again' },
  { value: 'off', label: 'Do not', note: 'What was remembered stays; nothing is added' },
] as const;
const sensitivities = [
  { value: 'off', label: 'Never' },
  { value: 'low', label: 'Seldom' },
  { value: 'normal', label: 'Normal' },
  { value: 'high', label: 'Readily' },
] as const;
const numbers = [
  ['gapMinutes', 'A new topic begins after a pause of (minutes)'],
  ['idleMinutes', 'A topic ends when nobody speaks for (minutes)'],
  ['maxMessages', 'A topic ends when it is this long (messages)'],
] as const;

function Fields({ streamId, settings, mayChange, onClose }: Props & { settings: MemorySettings }) {
  const [draft, setDraft] = useState(() => draftOf(settings));
  const change = (part: Partial<SettingsDraft>): void => setDraft((now) => ({ ...now, ...part }));
  const { busy, errors, save } = useSave(streamId, settings, onClose);
  const fields = (
    <fieldset disabled={!mayChange} className={classes.fields}>
      <ChoiceCards
        legend="Memory"
        name="memory-enabled"
        choices={switched}
        value={draft.enabled ? 'on' : 'off'}
        onChange={(value) => change({ enabled: value === 'on' })}
      />
      {numbers.map(([name, label]) => (
        <TextInput
          key={name}
          label={label}
          inputMode="numeric"
          value={draft[name]}
          error={errors[name]}
          onChange={(event) => change({ [name]: event.currentTarget.value })}
        />
      ))}
      <ChoiceCards
        legend="When the subject changes, a new topic begins"
        name="memory-sensitivity"
        columns={4}
        choices={sensitivities}
        value={draft.sensitivity}
        onChange={(sensitivity) => change({ sensitivity })}
      />
    </fieldset>
  );
  if (!mayChange) {
    return (
      <>
        <p className={classes.note}>Only who manages the stream can change how it is remembered.</p>
        {fields}
        <DialogFooter>
          <Button variant="default" onClick={onClose}>
            Close
          </Button>
        </DialogFooter>
      </>
    );
  }
  return (
    <DialogForm submit="Save" busy={busy} error={errors.form} onSubmit={() => void save(draft)} onCancel={onClose}>
      {fields}
    </DialogForm>
  );
}

function useSettings(streamId: string): Request<MemorySettings> {
  const { streambed, workspaceId } = useWorkspace();
  return useRequest(
    useCallback(
      (signal: AbortSignal) => streambed.workspace(workspaceId).memory.readSettings(streamId, { signal }),
      [streambed, workspaceId, streamId],
    ),
  );
}

const named = [...numbers.map(([name]) => name), 'enabled', 'sensitivity'] as const;
type Errors = Partial<Record<(typeof named)[number] | 'form', string>>;

function useSave(streamId: string, before: MemorySettings, onDone: () => void) {
  const { streambed, workspaceId, tell } = useWorkspace();
  const [busy, setBusy] = useState(false);
  const [errors, setErrors] = useState<Errors>({});
  const save = async (draft: SettingsDraft): Promise<void> => {
    const wrong = limits(draft);
    setErrors(wrong);
    if (Object.keys(wrong).length > 0) return;
    const changes = changesOf(before, draft);
    if (Object.keys(changes).length === 0) return onDone();
    setBusy(true);
    try {
      await streambed.workspace(workspaceId).memory.updateSettings(streamId, changes);
      tell({ text: 'From here on the stream is cut as you said.' });
      onDone();
    } catch (error) {
      setErrors(fieldErrors(problemOf(error), named));
      setBusy(false);
    }
  };
  return { busy, errors, save };
}
