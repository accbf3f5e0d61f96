import { useEffect, useState } from 'react';
import { Button } from '@mantine/core';
import { CloudOff, TriangleAlert } from 'lucide-react';
import type { Banner } from './connection.ts';
import classes from './connection-banner.module.css';
import { useWorkspace } from './workspace-context.ts';

/** Shows connection problems once they last. The region is always there, so that screen readers announce changes. */
export function ConnectionBanner({ banner }: { banner: Banner | undefined }) {
  const shown = useDelayedBanner(banner);
  const { signOut } = useWorkspace();
  return (
    <output aria-live="polite" className={classes.region} data-testid="connection">
      {shown && (
        <span className={classes.banner} data-tone={shown.tone}>
          {shown.tone === 'quiet' && <span className={classes.pulse} aria-hidden="true" />}
          {shown.tone === 'warning' && <CloudOff size={16} aria-hidden="true" />}
          {shown.tone === 'error' && <TriangleAlert size={16} aria-hidden="true" />}
          <span>{shown.text}</span>
          {shown.action === 'sign-in' && (
            <Button size="compact-xs" variant="default" onClick={() => signOut(shown.text)}>
              Sign in again
            </Button>
          )}
          {shown.action === 'reload' && (
            <Button size="compact-xs" variant="default" onClick={() => location.reload()}>
              Load the page again
            </Button>
          )}
        </span>
      )}
    </output>
  );
}

/** The banner once its state has lasted for `afterMs`; undefined before. */
function useDelayedBanner(banner: Banner | undefined): Banner | undefined {
  const [lasting, setLasting] = useState<string>();
  const text = banner?.text;
  const afterMs = banner?.afterMs ?? 0;
  useEffect(() => {
    if (text === undefined || afterMs === 0) return;
    const timer = setTimeout(() => setLasting(text), afterMs);
    return () => {
      clearTimeout(timer);
      setLasting(undefined);
    };
  }, [text, afterMs]);
  return banner && (banner.afterMs === 0 || lasting === banner.text) ? banner : undefined;
}
