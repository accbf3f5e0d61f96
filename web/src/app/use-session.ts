import { useCallback, useEffect, useState } from 'react';
import { deviceStore } from '../ui/text-store.ts';
import { forgetSession, loadSession, saveSession, sessionKey, type Session } from './session.ts';

export interface SessionState {
  readonly session: Session | undefined;
  /** The reason that the last session ended. */
  readonly notice: string | undefined;
  readonly signIn: (session: Session) => void;
  readonly signOut: (notice?: string) => void;
}

/** The session, the same in each tab of this browser. */
export function useSession(): SessionState {
  const [state, setState] = useState(() => {
    const { session, ended } = loadSession(deviceStore, Date.now());
    return { session, notice: ended };
  });

  useEffect(() => {
    const follow = ({ key }: StorageEvent): void => {
      if (key !== sessionKey && key !== null) return;
      const { session, ended } = loadSession(deviceStore, Date.now());
      setState({ session, notice: ended });
    };
    addEventListener('storage', follow);
    return () => removeEventListener('storage', follow);
  }, []);

  const signIn = useCallback((session: Session) => {
    saveSession(deviceStore, session);
    setState({ session, notice: undefined });
  }, []);
  const signOut = useCallback((notice?: string) => {
    forgetSession(deviceStore);
    setState({ session: undefined, notice });
  }, []);
  return { ...state, signIn, signOut };
}
