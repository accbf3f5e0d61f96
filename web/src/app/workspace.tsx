import { useCallback, useEffect, useEffectEvent, useMemo, useState } from 'react';
import type { Problem } from '../../../contract/errors.ts';
import { isSignedOut, signedOutReason } from '../ui/problem-words.ts';
import { useRequest } from '../ui/use-request.ts';
import { WorkspaceContext } from '../workspace/workspace-context.ts';
import type { Connection } from './connect.ts';
import { Dialogs } from './dialogs.tsx';
import { Notices } from './notices.tsx';
import { waitUntilExpiry, type Session } from './session.ts';
import { Shell } from './shell.tsx';
import { usePageActions } from './use-page-actions.ts';
import { usePlace } from './use-place.ts';
import { useWorkspaceSocket } from './use-workspace-socket.ts';

interface Props {
  readonly session: Session;
  /** Reports the server's names of user and workspace, when they differ from the stored ones. */
  readonly onNames: (session: Session) => void;
  readonly onSignOut: (notice?: string) => void;
}

/** The page of a signed-in member. */
export function Workspace({ session, onNames, onSignOut }: Props) {
  const connection = useWorkspaceSocket(session);
  const expired = useExpiry(session);
  const { place, go } = usePlace();
  useNames(session, connection, { onNames, onSignOut });
  const me = useMemo(() => ({ id: session.userId, name: session.userName }), [session]);
  const services = useMemo(() => connection && { ...connection, workspaceId: session.workspaceId, me }, [connection, session, me]);
  const { pageActions, tell, ...shown } = usePageActions(services, go);
  const context = useMemo(
    (): WorkspaceContext | undefined =>
      connection && {
        ...connection,
        workspaceId: session.workspaceId,
        me,
        place,
        go,
        pageActions,
        tell,
        signOut: (notice) => {
          keepUnsent(connection);
          onSignOut(notice);
        },
      },
    [connection, session, me, place, go, pageActions, tell, onSignOut],
  );
  if (!context) return null;
  return (
    <WorkspaceContext value={context}>
      <Shell workspaceName={session.workspaceName} expired={expired} />
      <Dialogs dialog={shown.dialog} onClose={shown.closeDialog} />
      <Notices notices={shown.notices} onClose={shown.closeNotice} />
    </WorkspaceContext>
  );
}

/** Keeps unsent messages as drafts before the session ends. */
function keepUnsent({ open, drafts }: Connection): void {
  for (const { streamId, text } of open.unsent()) {
    drafts.write(streamId, [drafts.read(streamId), text].filter((part) => part !== '').join('\n\n'));
  }
}

/** True once the token has expired while the page is open. */
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

/** Reads the names once per connection; a refused token ends the session. */
function useNames(
  session: Session,
  connection: Connection | undefined,
  { onNames, onSignOut }: Pick<Props, 'onNames' | 'onSignOut'>,
): void {
  const { workspaceId } = session;
  const onAnswer = useEffectEvent((userName: string, workspaceName: string) => {
    if (userName !== session.userName || workspaceName !== session.workspaceName) onNames({ ...session, userName, workspaceName });
  });
  const onProblem = useEffectEvent((problem: Problem) => {
    // The connection banner shows all other problems.
    if (isSignedOut(problem)) onSignOut(signedOutReason(problem));
  });
  const load = useCallback(
    async (signal: AbortSignal) => connection?.streambed.workspace(workspaceId).read({ signal }),
    [connection, workspaceId],
  );
  const { value, problem } = useRequest(connection && load);
  useEffect(() => {
    if (value) onAnswer(value.me.name, value.workspace.name);
  }, [value]);
  useEffect(() => {
    if (problem) onProblem(problem);
  }, [problem]);
}
