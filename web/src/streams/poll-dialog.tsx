import { useState } from 'react';
import { ActionIcon, Button, Checkbox, Modal, NativeSelect, TextInput } from '@mantine/core';
import { Plus, X } from 'lucide-react';
import { problemOf } from '../../../client/errors.ts';
import { DialogForm } from '../ui/dialog-form.tsx';
import { fieldErrors } from './field-errors.ts';
import classes from './poll-dialog.module.css';
import { checkPoll, type PollDraft, type PollErrors } from './poll-draft.ts';
import { useWorkspace } from './workspace-context.ts';

interface Props {
  readonly streamId: string;
  /** What is known of it already; nothing shows without. */
  readonly draft: PollDraft | undefined;
  readonly onClose: () => void;
}

/** Asks for a question and its answers, and posts them as a poll. */
export function PollDialog({ streamId, draft, onClose }: Props) {
  return (
    <Modal
      opened={draft !== undefined}
      onClose={onClose}
      title="New poll"
      centered
      closeButtonProps={{ 'aria-label': 'Close' }}
      returnFocus={false}
    >
      {draft && <PollForm streamId={streamId} draft={draft} onClose={onClose} />}
    </Modal>
  );
}

const most = 10;
const durations = [
  { value: '', label: 'It stays open' },
  { value: '900000', label: 'In 15 minutes' },
  { value: '3600000', label: 'In an hour' },
  { value: '14400000', label: 'In 4 hours' },
  { value: '86400000', label: 'In a day' },
  { value: '604800000', label: 'In a week' },
];

function PollForm({ streamId, draft, onClose }: Required<Omit<Props, 'draft'>> & { draft: PollDraft }) {
  const [question, setQuestion] = useState(draft.question);
  const [options, setOptions] = useState<readonly string[]>(padded(draft.options));
  const [multiple, setMultiple] = useState(false);
  const [closesIn, setClosesIn] = useState('');
  const { busy, errors, post } = usePost(streamId, onClose);
  const change = (index: number, text: string): void => setOptions(options.map((option, at) => (at === index ? text : option)));
  return (
    <DialogForm
      submit="Post the poll"
      busy={busy}
      error={errors.form}
      onSubmit={() => void post({ question, options }, { multiple, closesInMs: closesIn === '' ? undefined : Number(closesIn) })}
      onCancel={onClose}
    >
      <TextInput
        data-autofocus
        label="Question"
        value={question}
        error={errors.question}
        onChange={(event) => setQuestion(event.currentTarget.value)}
      />
      <fieldset className={classes.options}>
        <legend>Answers</legend>
        {options.map((option, index) => (
          // oxlint-disable-next-line react/no-array-index-key -- an answer is what stands in its place, and its text changes with each key
          <div key={index} className={classes.option}>
            <TextInput
              aria-label={`Answer ${index + 1}`}
              placeholder={`Answer ${index + 1}`}
              value={option}
              error={errors.options?.[index]}
              onChange={(event) => change(index, event.currentTarget.value)}
            />
            {options.length > 2 && (
              <ActionIcon
                variant="subtle"
                color="gray"
                aria-label={`Take answer ${index + 1} away`}
                onClick={() => setOptions(options.filter((_, at) => at !== index))}
              >
                <X size={15} />
              </ActionIcon>
            )}
          </div>
        ))}
        {options.length < most && (
          <Button variant="subtle" size="compact-sm" leftSection={<Plus size={14} />} onClick={() => setOptions([...options, ''])}>
            One more answer
          </Button>
        )}
      </fieldset>
      <Checkbox label="Several answers may be chosen" checked={multiple} onChange={(event) => setMultiple(event.currentTarget.checked)} />
      <NativeSelect label="Closes" data={durations} value={closesIn} onChange={(event) => setClosesIn(event.currentTarget.value)} />
    </DialogForm>
  );
}

const padded = (options: readonly string[]): string[] => [...options, '', ''].slice(0, Math.max(2, options.length));

function usePost(streamId: string, onDone: () => void) {
  const { streambed, workspaceId } = useWorkspace();
  const [busy, setBusy] = useState(false);
  const [errors, setErrors] = useState<PollErrors>({});
  const post = async (draft: PollDraft, { multiple, closesInMs }: { multiple: boolean; closesInMs: number | undefined }): Promise<void> => {
    const checked = checkPoll(draft);
    setErrors(checked.errors);
    if (!checked.poll) return;
    setBusy(true);
    try {
      const closesAt = closesInMs === undefined ? {} : { closesAt: new Date(Date.now() + closesInMs).toISOString() };
      await streambed
        .workspace(workspaceId)
        .events(streamId)
        .post({ eventType: 'poll', ...checked.poll, multiple, ...closesAt });
      onDone();
    } catch (error) {
      const { question, form } = fieldErrors(problemOf(error), ['question'] as const);
      setErrors({ ...(question !== undefined && { question }), ...(form !== undefined && { form }) });
      setBusy(false);
    }
  };
  return { busy, errors, post };
}
