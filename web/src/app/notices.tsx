import { Button, CloseButton } from '@mantine/core';
import classes from './notices.module.css';
import type { ShownNotice } from './use-page-actions.ts';

/** Short notices with their actions. The region is always there, so that screen readers announce new ones. */
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
