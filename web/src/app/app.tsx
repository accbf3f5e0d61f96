import { lazy, Suspense } from 'react';
import { Loader } from '@mantine/core';
import { SignIn } from './sign-in.tsx';
import { useSession } from './use-session.ts';

/** The workspace loads apart: the sign-in page does not need most of the code. */
const Workspace = lazy(async () => ({ default: (await import('./workspace.tsx')).Workspace }));

/** The whole page: sign-in, or the workspace. */
export function App() {
  const { session, notice, signIn, signOut } = useSession();
  if (!session) return <SignIn notice={notice} onSignIn={signIn} />;
  return (
    <Suspense fallback={<LoadingPage />}>
      <Workspace key={session.token} session={session} onNames={signIn} onSignOut={signOut} />
    </Suspense>
  );
}

function LoadingPage() {
  return (
    <div style={{ display: 'grid', height: '100%', placeItems: 'center' }}>
      <Loader size="sm" aria-label="Loading" />
    </div>
  );
}
