import { useEffect, useMemo, useState } from 'react';
import { problemOf } from '../../../client/errors.ts';
import { isSignedOut, signedOutReason } from '../streams/connection.ts';
import { WorkspaceContext } from '../streams/workspace-context.ts';
import { connect, type Connection } from './connect.ts';
import { waitUntilExpiry, type Session } from './session.ts';
import { Shell } from './shell.tsx';
import { usePlace } from './use-place.ts';

interface Props {
  readonly session: Session;
  /** The server's own names of user and workspace, when they differ from those kept. */
  readonly onNames: (session: Session) => void;
  readonly onSignOut: (notice?: string) => void;
}

/** A workspace for somebody who is signed in. */
export function Workspace({ session, onNames, onSignOut }: Props) {
  const connection = useConnection(session);
  const expired = useExpiry(session);
  const { place, go } = usePlace();
  useNames(session, connection, { onNames, onSignOut });
  const context = useMemo(
    (): WorkspaceContext | undefined =>
      connection && {
        ...connection,
        workspaceId: session.workspaceId,
        me: { id: session.userId, name: session.userName },
        place,
        go,
        signOut: onSignOut,
      },
    [connection, session, place, go, onSignOut],
  );
  if (!context) return null;
  return (
    <WorkspaceContext value={context}>
      <Shell workspaceName={session.workspaceName} expired={expired} />
    </WorkspaceContext>
  );
}

function useConnection(session: Session): Connection | undefined {
  const [connection, setConnection] = useState<Connection>();
  const { token } = session;
  useEffect(() => {
    const opened = connect(session);
    setConnection(opened);
    const warn = (event: BeforeUnloadEvent): void => {
      if (opened.open.hasPending()) event.preventDefault();
    };
    addEventListener('beforeunload', warn);
    return () => {
      removeEventListener('beforeunload', warn);
      setConnection(undefined);
      opened.close();
    };
    // A session with another name is the same connection; another token is another.
  }, [token]);
  return connection;
}

/** Whether the token has run out while the page was open. */
function useExpiry(session: Session): boolean {
  const [expired, setExpired] = useState(false);
  const { expiresAt } = session;
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>;
    const look = (): void => {
      const now = Date.now();
      if (now >= expiresAt) setExpired(true);
      else timer = setTimeout(look, waitUntilExpiry({ expiresAt }, now));
    };
    look();
    return () => clearTimeout(timer);
  }, [expiresAt]);
  return expired;
}

/** Asks once for the names; a token that the server refuses ends the session. */
function useNames(
  session: Session,
  connection: Connection | undefined,
  { onNames, onSignOut }: Pick<Props, 'onNames' | 'onSignOut'>,
): void {
  useEffect(() => {
    if (!connection) return;
    const stop = new AbortController();
    connection.streambed
      .workspace(session.workspaceId)
      .read({ signal: stop.signal })
      .then(({ workspace, me }) => {
        if (stop.signal.aborted) return;
        if (me.name !== session.userName || workspace.name !== session.workspaceName) {
          onNames({ ...session, userName: me.name, workspaceName: workspace.name });
        }
      })
      .catch((error: unknown) => {
        if (stop.signal.aborted) return;
        const problem = problemOf(error);
        // Whatever else is wrong, the connection banner tells it.
        if (isSignedOut(problem)) onSignOut(signedOutReason(problem));
      });
    return () => stop.abort();
  }, [connection]);
}
