/* oxlint-disable jsx-a11y/no-noninteractive-element-interactions, jsx-a11y/no-noninteractive-tabindex, jsx-a11y/click-events-have-key-events --
   a log that scrolls must be reachable, and the arrow keys move among its messages */
import type { ReactNode, SyntheticEvent } from 'react';
import classes from './event-log.module.css';
import type { FollowEnd } from '../scroll/use-follow-end.ts';
import type { RowKeys } from './use-row-keys.ts';

interface Props {
  readonly label: string;
  readonly isBusy: boolean;
  readonly follow: Pick<FollowEnd, 'scroller' | 'content' | 'onScroll'>;
  readonly keys: RowKeys;
  readonly onScroll: () => void;
  readonly children: ReactNode;
}

/**
 * The scrolling frame of the messages. Virtual rows come and go while scrolling, and a live region would read them aloud. So the region is
 * off, and the announcer reports new messages.
 */
export function EventLog({ label, isBusy, follow, keys, onScroll, children }: Props) {
  const { scroller, content } = follow;
  const activate = (event: SyntheticEvent): void => {
    if (!(event.target instanceof Element)) return;
    keys.activate(event.target.closest<HTMLElement>('[data-row]')?.dataset['row'], event.target.matches(':focus-visible'));
  };
  return (
    <div
      ref={scroller}
      className={classes.scroller}
      role="log"
      aria-live="off"
      aria-busy={isBusy}
      aria-label={label}
      tabIndex={0}
      onScroll={() => {
        follow.onScroll();
        onScroll();
      }}
      onKeyDown={keys.onKeyDown}
      onFocus={activate}
      // Touch screens have no hover: a tap shows the actions of a message.
      onClick={(event) => matchMedia('(hover: none)').matches && activate(event)}
    >
      <div className={classes.spacer} />
      <div ref={content}>{children}</div>
    </div>
  );
}
