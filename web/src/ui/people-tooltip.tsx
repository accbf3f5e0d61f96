import type { ReactElement } from 'react';
import { Tooltip } from '@mantine/core';

/** A tooltip with people's names, for hover, focus and touch. */
export function PeopleTooltip({ label, children }: { label: string; children: ReactElement }) {
  return (
    <Tooltip label={label} multiline maw={280} events={{ hover: true, focus: true, touch: true }}>
      {children}
    </Tooltip>
  );
}
