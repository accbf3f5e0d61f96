import { ActionIcon, Tooltip } from '@mantine/core';
import { Search } from 'lucide-react';
import { Mark } from '../ui/mark.tsx';
import classes from './brand.module.css';
import { modKey } from '../ui/mod-key.ts';

/** The head of the sidebar: product, workspace, and the button of the jump dialog. */
export function Brand({ workspaceName, onJump }: { workspaceName: string; onJump: () => void }) {
  return (
    <header className={classes.head}>
      <Mark size={30} />
      <div className={classes.names}>
        <bdi className={classes.workspace}>{workspaceName}</bdi>
        <span className={classes.product}>Streambed</span>
      </div>
      <Tooltip label={`Jump to a stream (${modKey} K)`}>
        <ActionIcon variant="subtle" color="gray" size={30} aria-label="Jump to a stream" onClick={onJump}>
          <Search size={16} />
        </ActionIcon>
      </Tooltip>
    </header>
  );
}
