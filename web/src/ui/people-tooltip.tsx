import type { ReactElement } from 'react';
import { Tooltip } from '@mantine/core';

/** Tells who did something, to whoever points at it, tabs to it or holds a finger on it. */
export function PeopleTooltip({ label, children }: { label: string; children: ReactElement }) {
  return (
    <Tooltip label={label} multiline maw={280} events={{ hover: true, focus: true, touch: true }}>
      {children}
    </Tooltip>
  );
}
