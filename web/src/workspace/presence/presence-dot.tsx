import { useEffect, useSyncExternalStore } from 'react';
import classes from './presence-dot.module.css';
import { useWorkspace } from '../workspace-context.ts';

const words = { online: 'online', away: 'away', offline: 'offline' } as const;

/** A dot that shows whether a member is there; nothing until that is known. */
export function PresenceDot({ userId }: { userId: string }) {
  const { presence } = useWorkspace();
  useEffect(() => presence.watch(userId), [presence, userId]);
  const status = useSyncExternalStore(
    (listener) => presence.subscribe(listener),
    () => presence.statusOf(userId),
  );
  if (status === undefined) return null;
  return (
    <span className={classes.dot} data-status={status}>
      <span className="sb-hidden"> {words[status]}</span>
    </span>
  );
}
