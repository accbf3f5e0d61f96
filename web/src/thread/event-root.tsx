import { useMemo, useState } from 'react';
import type { StreamEvent } from '../../../contract/event.ts';
import { useRowActions } from '../conversation/actions/event-actions.ts';
import { EventContent } from '../conversation/row/event-content.tsx';
import { EventVersions } from '../conversation/row/event-versions.tsx';
import { useUploads } from '../files/file-uploads-of.ts';
import { useNameOf } from '../workspace/mention-people.ts';
import { rowRightsIn } from '../conversation/actions/row-rights.ts';
import { RowSceneContext, type RowScene } from '../conversation/actions/row-scene.ts';
import { useStreamList, useWorkspace } from '../workspace/workspace-context.ts';

const nothing = (): void => undefined;

/** An event shown away from its stream, above the thread that branched from it: it can be voted in and looked at, not changed. */
export function EventRoot({ event }: { event: StreamEvent }) {
  const { me, open, list } = useWorkspace();
  const { me: self } = useStreamList();
  const [shown, setShown] = useState<StreamEvent>();
  const nameOf = useNameOf();
  const uploads = useUploads(event.streamId);
  const live = useMemo(() => open.use(event.streamId), [open, event.streamId]);
  const actions = useRowActions(live, {
    onEdit: nothing,
    onEditDone: nothing,
    onDelete: nothing,
    onPick: nothing,
    onShowVersions: setShown,
  });
  const stream = list.find(event.streamId);
  const rights = rowRightsIn(stream, undefined, self?.role);
  const scene: RowScene = { stream, compact: true, me, rights, actions, epochs: undefined, uploads, nameOf };
  return (
    <RowSceneContext value={scene}>
      <EventContent event={event} />
      <EventVersions event={shown} onClose={() => setShown(undefined)} />
    </RowSceneContext>
  );
}
