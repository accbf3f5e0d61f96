import { Button, Menu, UnstyledButton } from '@mantine/core';
import { ChevronDown } from 'lucide-react';
import type { StreamEvent } from '../../../contract/event.ts';
import type { Severity, Stream } from '../../../contract/stream.ts';
import { MenuChoices } from '../ui/menu-choices.tsx';
import { useNow } from '../ui/use-now.ts';
import { useTask } from '../ui/use-task.ts';
import classes from './incident-bar.module.css';
import { durationLabel, severities, severityLabel } from '../workspace/incident-severity.ts';
import { noticeOf } from '../workspace/stream-actions.ts';
import { useRights } from '../workspace/stream-rights.ts';
import { useRootEvent } from '../workspace/use-root-event.ts';
import { useWorkspace } from '../workspace/workspace-context.ts';

/** The state of an incident: severity, duration, origin, and the button that resolves it. */
export function IncidentBar({ stream, events }: { stream: Stream; events: readonly StreamEvent[] }) {
  const rights = useRights(stream);
  const { busy, change } = useIncidentUpdate(stream);
  const isResolved = stream.status === 'resolved';
  return (
    <section aria-label="Incident" className={classes.bar} data-severity={stream.severity} data-status={stream.status}>
      <SeverityField stream={stream} mayChange={rights.resolve} onPick={(severity) => change({ severity })} />
      <span className={classes.status}>
        <IncidentState stream={stream} events={events} />
      </span>
      <Origin stream={stream} />
      {rights.resolve && (
        <Button
          size="compact-sm"
          variant={isResolved ? 'default' : 'filled'}
          loading={busy}
          onClick={() => change({ status: isResolved ? 'active' : 'resolved' })}
        >
          {isResolved ? 'Reopen' : 'Resolve'}
        </Button>
      )}
    </section>
  );
}

function useIncidentUpdate(stream: Stream) {
  const { streambed, workspaceId, list, tell } = useWorkspace();
  const { busy, run } = useTask();
  const change = (body: { status: 'active' | 'resolved' } | { severity: Severity }): void =>
    void run(async () => {
      try {
        await list.put(streambed.workspace(workspaceId).streams.update(stream.id, body));
      } catch (error) {
        tell(noticeOf(error));
      }
    });
  return { busy, change };
}

const choices = severities.map(({ value, label, note }) => ({
  value,
  label: (
    <>
      <b>{label}</b> <span className={classes.note}>{note}</span>
    </>
  ),
}));

interface SeverityProps {
  readonly stream: Stream;
  readonly mayChange: boolean;
  readonly onPick: (severity: Severity) => void;
}

function SeverityField({ stream, mayChange, onPick }: SeverityProps) {
  const label = severityLabel(stream.severity);
  if (!mayChange) return <span className={classes.severity}>{label}</span>;
  return (
    <Menu position="bottom-start" width={260} shadow="md">
      <Menu.Target>
        <UnstyledButton className={classes.severity}>
          <span className="sb-hidden">Severity: </span>
          {label} <ChevronDown size={13} aria-hidden="true" />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <MenuChoices label="Severity" choices={choices} value={stream.severity} onPick={onPick} />
      </Menu.Dropdown>
    </Menu>
  );
}

/** "Active for 23 min", "Resolved after 2 h". */
function IncidentState({ stream, events }: { stream: Stream; events: readonly StreamEvent[] }) {
  const began = Date.parse(stream.promotedAt ?? stream.createdAt);
  const isArchived = stream.archivedAt !== null;
  const isResolved = stream.status === 'resolved';
  const now = useNow(isResolved || isArchived ? undefined : 20_000);
  if (isArchived) return <>Archived</>;
  if (!isResolved) return <>Active for {durationLabel(now - began)}</>;
  const end = events.findLast(({ eventType }) => eventType === 'resolved');
  return <>{end ? `Resolved after ${durationLabel(Date.parse(end.createdAt) - began)}, by ${end.actorName}` : 'Resolved'}</>;
}

function Origin({ stream }: { stream: Stream }) {
  const { pageActions } = useWorkspace();
  const { event } = useRootEvent(stream.parentStreamId, stream.branchedFromEventId);
  if (!event) return <span className={classes.origin} />;
  return (
    <span className={classes.origin}>
      <button type="button" onClick={() => pageActions.openEvent(event.streamId, event.seq)}>
        Started from {event.actorName}’s message
      </button>
    </span>
  );
}
