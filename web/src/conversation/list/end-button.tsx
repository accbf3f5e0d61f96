import { ArrowDown } from 'lucide-react';
import classes from './end-button.module.css';
import { newMessagesLabel } from '../../workspace/new-messages.ts';

/** Scrolls to the end of the list, and counts the unseen messages there. */
export function EndButton({ atEnd, unseen, onClick }: { atEnd: boolean; unseen: number; onClick: () => void }) {
  if (atEnd) return null;
  return (
    <button type="button" className={classes.button} data-new={unseen > 0} onClick={onClick}>
      <ArrowDown size={15} aria-hidden="true" />
      {unseen > 0 ? newMessagesLabel(unseen) : 'Newest messages'}
    </button>
  );
}
