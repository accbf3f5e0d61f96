import { Button, CloseButton } from '@mantine/core';
import classes from './notices.module.css';
import type { ShownNotice } from './use-page-actions.ts';

/** Words in passing, with what can be done about them. The region is always there, so that screen readers hear what comes into it. */
export function Notices({ notices, onClose }: { notices: readonly ShownNotice[]; onClose: (id: number) => void }) {
  return (
    <output aria-live="polite" className={classes.region} data-testid="notices">
      {notices.map(({ id, text, tone, action }) => (
        <span key={id} className={classes.notice} data-tone={tone ?? 'plain'}>
          <bdi className={classes.text}>{text}</bdi>
          {action && (
            <Button
              size="compact-sm"
              variant="subtle"
              className={classes.action}
              onClick={() => {
                onClose(id);
                action.run();
              }}
            >
              {action.label}
            </Button>
          )}
          <CloseButton size="sm" className={classes.close} aria-label="Close the notice" onClick={() => onClose(id)} />
        </span>
      ))}
    </output>
  );
}
