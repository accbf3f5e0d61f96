import { useMemo, useState } from 'react';
import type { StreamEvent } from '../../../contract/event.ts';
import { useEventActions } from '../conversation/actions/event-actions.ts';
import { EventContent } from '../conversation/row/event-content.tsx';
import { EventVersions } from '../conversation/row/event-versions.tsx';
import { useUploads } from '../files/use-uploads.ts';
import { useNameOf } from '../workspace/mention-people.ts';
import { rowRightsIn } from '../conversation/actions/row-rights.ts';
import { RowContext } from '../conversation/actions/row-context.ts';
import { useStreamList, useWorkspace } from '../workspace/workspace-context.ts';

const nothing = (): void => undefined;

/** An event above its thread, outside its own stream. Readers can vote in it, but not change it. */
export function EventRoot({ event }: { event: StreamEvent }) {
  const { me, open, list } = useWorkspace();
  // The rights follow the stream as it changes.
  useStreamList();
  const [shown, setShown] = useState<StreamEvent>();
  const nameOf = useNameOf();
  const uploads = useUploads(event.streamId);
  const live = useMemo(() => open.use(event.streamId), [open, event.streamId]);
  const actions = useEventActions(live, {
    onEdit: nothing,
    onEditDone: nothing,
    onDelete: nothing,
    onPick: nothing,
    onShowVersions: setShown,
  });
  const stream = list.find(event.streamId);
  const rights = rowRightsIn(stream, undefined);
  const context: RowContext = { stream, compact: true, me, rights, actions, epochActions: undefined, uploads, nameOf };
  return (
    <RowContext value={context}>
      <EventContent event={event} />
      <EventVersions event={shown} onClose={() => setShown(undefined)} />
    </RowContext>
  );
}
