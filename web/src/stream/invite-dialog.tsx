import { useCallback, useMemo, useState } from 'react';
import { problemOf } from '../../../client/errors.ts';
import { UserId } from '../../../contract/ids.ts';
import { maxInvites, type Person } from '../../../contract/stream.ts';
import { Dialog } from '../ui/dialog.tsx';
import { DialogForm } from '../ui/dialog-form.tsx';
import { useDialogFocus } from '../ui/use-dialog-focus.ts';
import { usePages } from '../ui/use-pages.ts';
import { fieldErrors } from '../ui/field-errors.ts';
import { addedLabel } from './invite-words.ts';
import { PeoplePicker } from './people-picker.tsx';
import { nameOfStream } from '../workspace/stream-filter.ts';
import { useListedStream } from '../workspace/use-stream.ts';
import { useStreamList, useWorkspace } from '../workspace/workspace-context.ts';

export interface InviteRequest {
  readonly streamId: string;
  readonly userIds: readonly string[];
}
interface Props {
  readonly request: InviteRequest | undefined;
  readonly onClose: () => void;
}

/** Adds members of the workspace to a stream. */
export function InviteDialog({ request, onClose }: Props) {
  const { returnFocus, close } = useDialogFocus(onClose);
  const { me } = useWorkspace();
  const stream = useListedStream(request?.streamId ?? null);
  return (
    <Dialog
      opened={request !== undefined}
      onClose={close}
      returnFocus={returnFocus}
      title={stream ? `Add people to ${nameOfStream(stream, me.id)}` : 'Add people'}
    >
      {request && <InviteForm key={request.streamId} request={request} onClose={close} />}
    </Dialog>
  );
}

const fields = ['userIds'] as const;

function InviteForm({ request: { streamId, userIds }, onClose }: { request: InviteRequest; onClose: () => void }) {
  const { people } = useStreamList();
  const [chosen, setChosen] = useState<readonly Person[]>(() =>
    userIds.flatMap((text) => {
      const id = UserId.safeParse(text);
      return id.success ? [{ id: id.data, name: people.get(text) ?? text }] : [];
    }),
  );
  const [busy, setBusy] = useState(false);
  const [errors, setErrors] = useState<ReturnType<typeof fieldErrors<(typeof fields)[number]>>>({});
  const { streambed, workspaceId, tell } = useWorkspace();
  const present = useMemberIds(streamId);
  const invite = async (): Promise<void> => {
    if (chosen.length === 0) return setErrors({ userIds: 'Choose at least one person.' });
    setBusy(true);
    setErrors({});
    try {
      const added = await streambed.workspace(workspaceId).streams.invite(streamId, { userIds: chosen.map(({ id }) => id) });
      tell({ text: addedLabel(added.map(({ user }) => user.name)) });
      onClose();
    } catch (error) {
      setErrors(fieldErrors(problemOf(error), fields));
      setBusy(false);
    }
  };
  return (
    <DialogForm submit="Add" busy={busy} error={errors.form} onSubmit={() => void invite()} onCancel={onClose}>
      <PeoplePicker label="People to add" chosen={chosen} onChange={setChosen} without={present} most={maxInvites} error={errors.userIds} />
    </DialogForm>
  );
}

/** The stream's members of the first page. The server skips members of later pages who are invited. */
function useMemberIds(streamId: string): ReadonlySet<string> {
  const { streambed, workspaceId } = useWorkspace();
  const load = useCallback(
    (cursor: string | undefined, signal: AbortSignal) =>
      streambed.workspace(workspaceId).streams.members(streamId, { limit: 200, cursor }, { signal }),
    [streambed, workspaceId, streamId],
  );
  const { items } = usePages(load);
  return useMemo(() => new Set(items.map(({ user }) => user.id)), [items]);
}
