import { useEffect, useState, useSyncExternalStore } from 'react';
import { Pencil } from 'lucide-react';
import type { Stream } from '../../../contract/stream.ts';
import { PlaceLink } from '../workspace/place-link.tsx';
import { nameOfStream } from '../workspace/stream-filter.ts';
import { useStreamList, useWorkspace } from '../workspace/workspace-context.ts';
import { placeOf } from './stream-place.ts';
import items from './sidebar-item.module.css';
import classes from './sidebar.module.css';

interface Props {
  readonly onPicked: (() => void) | undefined;
}

/** The member's drafts in other streams than the open one, of all their devices. */
export function SidebarDrafts({ onPicked }: Props) {
  const { drafts, list, place } = useWorkspace();
  useStreamList();
  useSyncExternalStore(drafts.subscribe, drafts.version);
  const current = place.kind === 'stream' ? (place.thread ?? place.streamId) : undefined;
  const streams = drafts.streamIds().flatMap((id) => (id === current ? [] : (list.find(id) ?? [])));
  if (streams.length === 0) return null;
  return (
    <section aria-labelledby="group-drafts">
      <h2 id="group-drafts" className={classes.label}>
        Drafts
      </h2>
      <ul>
        {streams.map((stream) => (
          <li key={stream.id}>
            <DraftItem stream={stream} onPicked={onPicked} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function DraftItem({ stream, onPicked }: { stream: Stream } & Props) {
  const { drafts, me } = useWorkspace();
  const [text, setText] = useState(() => drafts.read(stream.id));
  useEffect(() => drafts.watch(stream.id, setText), [drafts, stream.id]);
  return (
    <PlaceLink to={placeOf(stream)} onGo={onPicked} className={items.item}>
      <span className={items.icon}>
        <Pencil size={14} aria-hidden="true" />
      </span>
      <span className={items.thread}>
        <bdi className={items.name}>{text.trim()}</bdi>
        <small className={items.parent}>
          in <bdi>{nameOfStream(stream, me.id)}</bdi>
        </small>
      </span>
    </PlaceLink>
  );
}
