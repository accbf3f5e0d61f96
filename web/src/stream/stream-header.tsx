import type { ReactNode } from 'react';
import { ActionIcon, Button, Tooltip } from '@mantine/core';
import { ChevronRight, Pin } from 'lucide-react';
import type { StreamEvent } from '../../../contract/event.ts';
import type { Stream } from '../../../contract/stream.ts';
import { MemoryToggle } from '../epochs/memory-toggle.tsx';
import { PlaceLink } from '../workspace/place-link.tsx';
import { HeaderMembers } from './stream-header-members.tsx';
import { StreamMenu } from './stream-header-menu.tsx';
import { nameOfStream } from '../workspace/stream-filter.ts';
import classes from './stream-header.module.css';
import { StreamIcon } from '../workspace/stream-icon.tsx';
import { useRights } from '../workspace/stream-rights.ts';
import { firstWords } from '../workspace/thread-roots.ts';
import { useRootEvent } from '../workspace/use-root-event.ts';
import { useJoin } from '../workspace/use-join.ts';
import { useListedStream } from '../workspace/use-stream.ts';
import { useWorkspace } from '../workspace/workspace-context.ts';

interface Props {
  readonly stream: Stream | undefined;
  readonly events: readonly StreamEvent[];
  /** The button that shows the list of streams, on a phone. */
  readonly menu: ReactNode;
}

/** The head of a stream page: name, topic and actions. */
export function StreamHeader({ stream, events, menu }: Props) {
  return (
    <header className={classes.header}>
      {menu}
      <div className={classes.words}>
        {stream?.parentStreamId != null && <Breadcrumb stream={stream} parentId={stream.parentStreamId} />}
        <h1 className={classes.name}>
          {stream && <StreamIcon stream={stream} size={17} />}
          <Name stream={stream} />
        </h1>
        {stream?.description && (
          <p className={classes.description} title={stream.description}>
            <bdi>{stream.description}</bdi>
          </p>
        )}
      </div>
      {stream?.archivedAt != null && <span className={classes.tag}>Archived</span>}
      {stream && <HeaderActions stream={stream} events={events} />}
    </header>
  );
}

function Name({ stream }: { stream: Stream | undefined }) {
  const { me } = useWorkspace();
  const isUnnamed = stream?.streamType === 'thread' && stream.name === null;
  const { event } = useRootEvent(isUnnamed ? stream.parentStreamId : null, isUnnamed ? stream.branchedFromEventId : null);
  if (!stream) return <bdi>Stream</bdi>;
  return <bdi>{isUnnamed ? (firstWords(event) ?? 'Thread') : nameOfStream(stream, me.id)}</bdi>;
}

/** A link to the event that the thread branched from. */
function Breadcrumb({ stream, parentId }: { stream: Stream; parentId: string }) {
  const { me } = useWorkspace();
  const parent = useListedStream(parentId);
  const { event } = useRootEvent(parentId, stream.branchedFromEventId);
  if (!parent) return null;
  return (
    <nav aria-label="Came from" className={classes.crumb}>
      <PlaceLink to={{ kind: 'stream', streamId: parent.id, ...(event && { at: event.seq }) }}>
        <bdi>{nameOfStream(parent, me.id)}</bdi>
      </PlaceLink>
      <ChevronRight size={14} aria-hidden="true" />
    </nav>
  );
}

function HeaderActions({ stream, events }: { stream: Stream; events: readonly StreamEvent[] }) {
  const { pageActions } = useWorkspace();
  const rights = useRights(stream);
  const { busy, join } = useJoin(stream);
  return (
    <div className={classes.actions}>
      {rights.join && (
        <Button size="compact-sm" variant="light" className={classes.roomy} loading={busy} onClick={join}>
          {stream.streamType === 'thread' ? 'Follow' : 'Join'}
        </Button>
      )}
      <Tooltip label="Pinned messages">
        <ActionIcon
          variant="subtle"
          color="gray"
          size={32}
          className={classes.roomy}
          aria-label="Pinned messages"
          onClick={() => pageActions.showPins(stream.id)}
        >
          <Pin size={17} />
        </ActionIcon>
      </Tooltip>
      <MemoryToggle />
      <HeaderMembers stream={stream} events={events} />
      <StreamMenu stream={stream} rights={rights} />
    </div>
  );
}
