import { useState } from 'react';
import { TextInput } from '@mantine/core';
import { Globe, Hash, Lock, MessagesSquare, Siren } from 'lucide-react';
import { problemOf } from '../../../client/errors.ts';
import { allows } from '../../../contract/policy.ts';
import type { PromoteStream, Severity, Stream, Visibility } from '../../../contract/stream.ts';
import { Dialog } from '../ui/dialog.tsx';
import { ChoiceCards, type Choice } from '../ui/choice-cards.tsx';
import { DialogForm } from '../ui/dialog-form.tsx';
import { useDialogFocus } from '../ui/use-dialog-focus.ts';
import { fieldErrors } from '../ui/field-errors.ts';
import { severities } from '../workspace/incident-severity.ts';
import { nameOfStream } from '../workspace/stream-filter.ts';
import { firstWords } from '../workspace/thread-roots.ts';
import { useRootEvent } from '../workspace/use-root-event.ts';
import { useListedStream } from '../workspace/use-stream.ts';
import { useWorkspace } from '../workspace/workspace-context.ts';

export interface PromoteRequest {
  readonly streamId: string;
  readonly name: string | undefined;
  readonly type: 'channel' | 'incident';
}
interface Props {
  readonly request: PromoteRequest | undefined;
  readonly onClose: () => void;
}

/** Turns a thread into a channel or an incident: the same stream with the same messages. */
export function PromoteDialog({ request, onClose }: Props) {
  const { returnFocus, leave, close } = useDialogFocus(onClose);
  return (
    <Dialog opened={request !== undefined} onClose={close} returnFocus={returnFocus} title="Promote this thread">
      {request && <PromoteForm key={request.streamId} request={request} onDone={leave} onCancel={close} />}
    </Dialog>
  );
}

const fields = ['name', 'severity', 'visibility', 'streamType'] as const;

const types = [
  { value: 'incident', label: 'Incident', note: 'Something is broken and has to be mended', icon: Siren },
  { value: 'channel', label: 'Channel', note: 'A topic that deserves its own place', icon: Hash },
] as const;

function PromoteForm({ request, onDone, onCancel }: { request: PromoteRequest; onDone: () => void; onCancel: () => void }) {
  const thread = useListedStream(request.streamId);
  const parent = useListedStream(thread?.parentStreamId ?? null);
  const { event } = useRootEvent(thread?.parentStreamId ?? null, thread?.branchedFromEventId ?? null);
  const [type, setType] = useState(request.type);
  const [typed, setTyped] = useState(request.name);
  const [severity, setSeverity] = useState<Severity>('sev3');
  const [visibility, setVisibility] = useState<Visibility>('inherit');
  const { busy, errors, promote } = usePromote(request.streamId, onDone);
  const name = typed ?? firstWords(event, 60) ?? '';
  return (
    <DialogForm
      submit={type === 'incident' ? 'Start the incident' : 'Make it a channel'}
      busy={busy}
      error={errors.form ?? errors.streamType}
      onSubmit={() => void promote({ streamType: type, name, visibility, ...(type === 'incident' && { severity }) })}
      onCancel={onCancel}
    >
      <ChoiceCards legend="What it becomes" name="promote-type" choices={types} value={type} onChange={setType} />
      <TextInput
        data-autofocus
        label="Name"
        required
        value={name}
        error={errors.name}
        onChange={(changed) => setTyped(changed.currentTarget.value)}
      />
      {type === 'incident' && (
        <ChoiceCards
          legend="Severity"
          name="severity"
          choices={severities}
          value={severity}
          error={errors.severity}
          onChange={setSeverity}
        />
      )}
      <ChoiceCards
        legend="Who will see it"
        name="promote-visibility"
        columns={1}
        choices={useVisibilities(parent)}
        value={visibility}
        error={errors.visibility}
        onChange={setVisibility}
      />
    </DialogForm>
  );
}

/** The choices of visibility, compared with the readers of the thread now. */
function useVisibilities(parent: Stream | undefined): readonly Choice<Visibility>[] {
  const { me } = useWorkspace();
  const name = parent ? nameOfStream(parent, me.id) : 'the stream it came from';
  const isOpen = parent?.visibility === 'public';
  const choices: Choice<Visibility>[] = [
    {
      value: 'inherit',
      label: 'Whoever sees it now',
      note: isOpen
        ? `Everyone who sees ${name}: the whole workspace. Should ${name} become private, so does this.`
        : `Everyone who is in ${name}, now or later, and whoever is added.`,
      icon: MessagesSquare,
    },
    {
      value: 'public',
      label: 'Everyone',
      note: isOpen
        ? 'The whole workspace, whatever becomes of the stream it came from.'
        : `The whole workspace. They will see everything said in this thread so far, also who is not in ${name}.`,
      icon: Globe,
    },
    {
      value: 'private',
      label: 'Only its members',
      note: 'Who follows this thread, and whom you add. Everybody else will not see it any more.',
      icon: Lock,
    },
  ];
  // Taking it from the readers of its parent needs the right to narrow the parent.
  return parent && !allows(parent, 'setVisibility') ? choices.filter(({ value }) => value !== 'private') : choices;
}

function usePromote(streamId: string, onDone: () => void) {
  const { streambed, workspaceId, list, go } = useWorkspace();
  const [busy, setBusy] = useState(false);
  const [errors, setErrors] = useState<ReturnType<typeof fieldErrors<(typeof fields)[number]>>>({});
  const promote = async (body: PromoteStream): Promise<void> => {
    setBusy(true);
    setErrors({});
    try {
      const stream = await list.put(streambed.workspace(workspaceId).streams.promote(streamId, body));
      onDone();
      go({ kind: 'stream', streamId: stream.id });
    } catch (error) {
      setErrors(fieldErrors(problemOf(error), fields));
      setBusy(false);
    }
  };
  return { busy, errors, promote };
}
