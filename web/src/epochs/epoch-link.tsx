import type { MouseEvent, ReactNode } from 'react';
import { addressOfEpoch, useGoToEpoch, type EpochRange } from './use-go-to-epoch.ts';

interface Props {
  readonly range: EpochRange;
  readonly className: string | undefined;
  readonly children: ReactNode;
}

/** A link to where an epoch was talked about; opening it in another tab works as with any link. */
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
