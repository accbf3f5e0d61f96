import { useEffect, useState } from 'react';
import { connect, type Connection } from './connect.ts';
import type { Session } from './session.ts';

/** Opens the one socket of a signed-in page, and everything that lives on it: the workspace's badges and activity, and the open streams. */
export function useWorkspaceSocket({ token, workspaceId, userId }: Session): Connection | undefined {
  const [connection, setConnection] = useState<Connection>();
  useEffect(() => {
    const opened = connect({ token, workspaceId, userId });
    // oxlint-disable-next-line react/set-state-in-effect -- what is opened here must be closed below, so it cannot be made while drawing
    setConnection(opened);
    const warn = (event: BeforeUnloadEvent): void => {
      if (opened.open.unsent().length > 0) event.preventDefault();
    };
    addEventListener('beforeunload', warn);
    return () => {
      removeEventListener('beforeunload', warn);
      setConnection(undefined);
      opened.close();
    };
  }, [token, workspaceId, userId]);
  return connection;
}
