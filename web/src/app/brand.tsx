import { Kbd, UnstyledButton } from '@mantine/core';
import { ArrowRightLeft } from 'lucide-react';
import { Mark } from '../ui/mark.tsx';
import classes from './brand.module.css';
import { modKey } from './mod-key.ts';

/** The head of the sidebar: what this is, whose it is, and the quick way to a stream. */
export function Brand({ workspaceName, onJump }: { workspaceName: string; onJump: () => void }) {
  return (
    <header className={classes.head}>
      <Mark size={30} />
      <div className={classes.names}>
        <bdi className={classes.workspace}>{workspaceName}</bdi>
        <span className={classes.product}>Streambed</span>
      </div>
      <UnstyledButton className={classes.jump} onClick={onJump} aria-label="Jump to a stream">
        <ArrowRightLeft size={14} aria-hidden="true" />
        <Kbd size="xs">{modKey} K</Kbd>
      </UnstyledButton>
    </header>
  );
}
