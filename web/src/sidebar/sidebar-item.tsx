import { memo } from 'react';
import { BellOff, Pencil } from 'lucide-react';
import type { Stream } from '../../../contract/stream.ts';
import { Avatar } from '../ui/avatar.tsx';
import { PlaceLink } from '../workspace/place-link.tsx';
import { badgeOf, countLabel } from '../workspace/badges.ts';
import classes from './sidebar-item.module.css';
import { nameOfStream } from '../workspace/stream-filter.ts';
import { PresenceDot } from '../workspace/presence/presence-dot.tsx';
import { StreamIcon } from '../workspace/stream-icon.tsx';
import { placeOf } from './stream-place.ts';
import { firstWords } from '../workspace/thread-roots.ts';
import { useRootEvent } from '../workspace/use-root-event.ts';
import { useStreamList, useWorkspace } from '../workspace/workspace-context.ts';

interface Props {
  readonly stream: Stream;
  readonly isCurrent: boolean;
  readonly hasDraft: boolean;
  readonly onPicked: (() => void) | undefined;
}

/** A stream in the sidebar with its badge. Memoized, because some stream always has news. */
export const SidebarItem = memo(function SidebarItem({ stream, isCurrent, hasDraft, onPicked }: Props) {
  const badge = badgeOf(stream);
  return (
    <PlaceLink
      to={placeOf(stream)}
      onGo={onPicked}
      className={classes.item}
      aria-current={isCurrent ? 'page' : undefined}
      data-unread={badge.isUnread}
      data-muted={badge.isMuted || stream.status === 'resolved' || !stream.isMember}
    >
      <span className={classes.icon}>
        <Sign stream={stream} />
      </span>
      {stream.streamType === 'thread' ? <ThreadName stream={stream} /> : <StreamName stream={stream} />}
      <Partner stream={stream} />
      {!isCurrent && hasDraft && <Pencil size={13} className={classes.note} aria-label="Draft" />}
      {badge.isMuted && <BellOff size={13} className={classes.note} aria-label="Muted" />}
      {badge.count > 0 ? <Count stream={stream} count={badge.count} /> : badge.isUnread && <span className="sb-hidden"> unread</span>}
    </PlaceLink>
  );
});

function Sign({ stream }: { stream: Stream }) {
  const { me } = useWorkspace();
  const others = stream.participants?.filter(({ id }) => id !== me.id) ?? [];
  const [first] = others;
  if (stream.streamType !== 'dm' || !first || others.length > 1) return <StreamIcon stream={stream} size={15} />;
  return <Avatar id={first.id} name={first.name} size={18} />;
}

/** Shows whether the other one of a direct message is there. */
function Partner({ stream }: { stream: Stream }) {
  const { me } = useWorkspace();
  const others = stream.participants?.filter(({ id }) => id !== me.id) ?? [];
  const [only] = others;
  return stream.streamType === 'dm' && others.length === 1 && only ? <PresenceDot userId={only.id} /> : null;
}

function StreamName({ stream }: { stream: Stream }) {
  const { me } = useWorkspace();
  return <bdi className={classes.name}>{nameOfStream(stream, me.id)}</bdi>;
}

function ThreadName({ stream }: { stream: Stream }) {
  const { me } = useWorkspace();
  const { streams } = useStreamList();
  const { event } = useRootEvent(stream.parentStreamId, stream.branchedFromEventId);
  const parent = streams.find(({ id }) => id === stream.parentStreamId);
  return (
    <span className={classes.thread}>
      <bdi className={classes.name}>{stream.name ?? firstWords(event) ?? 'Thread'}</bdi>
      {parent && (
        <small className={classes.parent}>
          in <bdi>{nameOfStream(parent, me.id)}</bdi>
        </small>
      )}
    </span>
  );
}

function Count({ stream, count }: { stream: Stream; count: number }) {
  const what = stream.streamType === 'dm' ? 'unread' : count === 1 ? 'mention' : 'mentions';
  return (
    <span className={classes.count}>
      {countLabel(count)} <span className="sb-hidden">{what}</span>
    </span>
  );
}
