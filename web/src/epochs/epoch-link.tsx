import type { MouseEvent, ReactNode } from 'react';
import { addressOfEpoch, useGoToEpoch, type EpochRange } from './use-go-to-epoch.ts';

interface Props {
  readonly range: EpochRange;
  readonly className: string | undefined;
  readonly children: ReactNode;
}

/** A link to an epoch in its stream; modifier keys open it in another tab as usual. */
export function EpochLink({ range, className, children }: Props) {
  const goTo = useGoToEpoch();
  const follow = (event: MouseEvent): void => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    goTo(range);
  };
  return (
    <a className={className} href={addressOfEpoch(range)} onClick={follow}>
      {children}
    </a>
  );
}
