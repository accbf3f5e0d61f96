import { useEffect, useState, type FormEvent } from 'react';
import { Button, PasswordInput } from '@mantine/core';
import { ArrowRight } from 'lucide-react';
import { Avatar } from '../ui/avatar.tsx';
import { useRequest } from '../ui/use-request.ts';
import { Mark } from '../ui/mark.tsx';
import { fetchDemoUsers, type DemoUser } from './demo-users.ts';
import type { Session } from './session.ts';
import classes from './sign-in.module.css';
import { verifyToken } from './verify.ts';

interface Props {
  readonly notice: string | undefined;
  readonly onSignIn: (session: Session) => void;
}

/** The sign-in page: with a demo user where there are any, or with a token. */
export function SignIn({ notice, onSignIn }: Props) {
  const { value: users = [] } = useRequest(fetchDemoUsers);
  const { busy, error, tryToken } = useTokenCheck(onSignIn);
  useEffect(() => {
    document.title = 'Sign in · Streambed';
  }, []);
  return (
    <main className={classes.page}>
      <div className={classes.card}>
        <header className={classes.brand}>
          <Mark size={44} />
          <h1>Streambed</h1>
          <p>Team streams that you own.</p>
        </header>
        {notice && <output className={classes.notice}>{notice}</output>}
        {users.length > 0 && <DemoUsers users={users} busy={busy} onPick={(user) => void tryToken(user.token, user.id)} />}
        <TokenForm busy={busy === 'form'} error={error} alone={users.length === 0} onSubmit={(token) => void tryToken(token, 'form')} />
      </div>
    </main>
  );
}

function useTokenCheck(onSignIn: (session: Session) => void) {
  const [busy, setBusy] = useState<string>();
  const [error, setError] = useState<string>();
  const tryToken = async (token: string, who: string): Promise<void> => {
    setBusy(who);
    setError(undefined);
    const verified = await verifyToken(token);
    setBusy(undefined);
    if (verified.ok) onSignIn(verified.session);
    else setError(verified.message);
  };
  return { busy, error, tryToken };
}

function DemoUsers({ users, busy, onPick }: { users: DemoUser[]; busy: string | undefined; onPick: (user: DemoUser) => void }) {
  return (
    <section aria-labelledby="demo-users" className={classes.section}>
      <h2 id="demo-users">Continue as</h2>
      <ul className={classes.users}>
        {users.map((user) => (
          <li key={user.id}>
            <button type="button" className={classes.user} disabled={busy !== undefined} onClick={() => onPick(user)}>
              <Avatar id={user.id} name={user.name} size={32} />
              <span className={classes.userName}>{user.name}</span>
              <ArrowRight size={16} className={classes.arrow} aria-hidden="true" />
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

interface TokenFormProps {
  readonly busy: boolean;
  readonly error: string | undefined;
  readonly alone: boolean;
  readonly onSubmit: (token: string) => void;
}

function TokenForm({ busy, error, alone, onSubmit }: TokenFormProps) {
  const [token, setToken] = useState('');
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    onSubmit(token);
  };
  return (
    <form className={classes.section} onSubmit={submit} noValidate>
      {!alone && <p className={classes.or}>or</p>}
      <PasswordInput
        label="Token"
        description="A user token of your workspace. Whoever runs the workspace can make one for you."
        placeholder="eyJhbGciOi…"
        value={token}
        onChange={(event) => setToken(event.currentTarget.value)}
        error={error}
        autoComplete="off"
        spellCheck={false}
        classNames={{ innerInput: classes.token }}
        visibilityToggleButtonProps={{ 'aria-label': 'Show or hide the token' }}
      />
      <Button type="submit" fullWidth mt="sm" loading={busy} variant={alone ? 'filled' : 'default'}>
        Sign in with a token
      </Button>
    </form>
  );
}
