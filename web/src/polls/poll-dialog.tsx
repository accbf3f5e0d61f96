import { useState } from 'react';
import { ActionIcon, Button, NativeSelect, TextInput } from '@mantine/core';
import { Plus, X } from 'lucide-react';
import { Dialog } from '../ui/dialog.tsx';
import { DialogForm } from '../ui/dialog-form.tsx';
import classes from './poll-dialog.module.css';
import { checkPoll, type CheckedPoll, type PollDraft, type PollErrors } from './poll-draft.ts';

interface Props {
  /** The initial draft; undefined closes the dialog. */
  readonly draft: PollDraft | undefined;
  readonly onPost: (poll: CheckedPoll) => void;
  readonly onClose: () => void;
}

/** Asks for a question and answers, and posts them as a poll. */
export function PollDialog({ draft, onPost, onClose }: Props) {
  return (
    <Dialog opened={draft !== undefined} onClose={onClose} title="New poll" returnFocus={false}>
      {draft && <PollForm draft={draft} onPost={onPost} onClose={onClose} />}
    </Dialog>
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

function PollForm({ draft, onPost, onClose }: Props & { draft: PollDraft }) {
  const [question, setQuestion] = useState(draft.question);
  const [options, setOptions] = useState<readonly string[]>(padded(draft.options));
  const [multiple, setMultiple] = useState(false);
  const [closesIn, setClosesIn] = useState('');
  const [errors, setErrors] = useState<PollErrors>({});
  const post = (): void => {
    const checked = checkPoll({ question, options });
    setErrors(checked.errors);
    if (!checked.poll) return;
    const closesAt = closesIn === '' ? {} : { closesAt: new Date(Date.now() + Number(closesIn)).toISOString() };
    onPost({ eventType: 'poll', ...checked.poll, multiple, ...closesAt });
    onClose();
  };
  return (
    <DialogForm submit="Post the poll" busy={false} error={undefined} onSubmit={post} onCancel={onClose}>
      <TextInput
        data-autofocus
        label="Question"
        value={question}
        error={errors.question}
        onChange={(event) => setQuestion(event.currentTarget.value)}
      />
      <Answers options={options} errors={errors.options} onChange={setOptions} />
      <label className={classes.several}>
        <input type="checkbox" checked={multiple} onChange={(event) => setMultiple(event.currentTarget.checked)} />
        Several answers may be chosen
      </label>
      <NativeSelect label="Closes" data={durations} value={closesIn} onChange={(event) => setClosesIn(event.currentTarget.value)} />
    </DialogForm>
  );
}

interface AnswersProps {
  readonly options: readonly string[];
  readonly errors: PollErrors['options'];
  readonly onChange: (options: readonly string[]) => void;
}

function Answers({ options, errors, onChange }: AnswersProps) {
  const change = (index: number, text: string): void => onChange(options.map((option, at) => (at === index ? text : option)));
  return (
    <fieldset className={classes.options}>
      <legend>Answers</legend>
      {options.map((option, index) => (
        // oxlint-disable-next-line react/no-array-index-key -- an answer is what stands in its place, and its text changes with each key
        <div key={index} className={classes.option}>
          <TextInput
            aria-label={`Answer ${index + 1}`}
            placeholder={`Answer ${index + 1}`}
            value={option}
            error={errors?.[index]}
            onChange={(event) => change(index, event.currentTarget.value)}
          />
          {options.length > 2 && (
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={`Take answer ${index + 1} away`}
              onClick={() => onChange(options.filter((_, at) => at !== index))}
            >
              <X size={15} />
            </ActionIcon>
          )}
        </div>
      ))}
      {options.length < most && (
        <Button variant="subtle" size="compact-sm" leftSection={<Plus size={14} />} onClick={() => onChange([...options, ''])}>
          One more answer
        </Button>
      )}
    </fieldset>
  );
}

const padded = (options: readonly string[]): string[] => [...options, '', ''].slice(0, Math.max(2, options.length));
