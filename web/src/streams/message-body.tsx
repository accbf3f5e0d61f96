import { useState } from 'react';
import { fullTimeOf } from '../ui/times.ts';
import classes from './message-body.module.css';
import { isLong } from './message-text.ts';
import { MessageMarkdown } from '../ui/markdown.tsx';

/** The text of a message; a very long one is folded. */
export function MessageBody({ text, editedAt = null }: { text: string; editedAt?: string | null }) {
  const [unfolded, setUnfolded] = useState(false);
  const long = isLong(text);
  return (
    <>
      <div className={long && !unfolded ? classes.folded : classes.whole} data-edited={editedAt !== null}>
        <MessageMarkdown text={text} />
      </div>
      {long && (
        <button type="button" className={classes.fold} aria-expanded={unfolded} onClick={() => setUnfolded(!unfolded)}>
          {unfolded ? 'Show less' : 'Show the whole message'}
        </button>
      )}
      {editedAt !== null && (
        <span className={classes.edited} title={`Edited ${fullTimeOf(Date.parse(editedAt))}`}>
          (edited)
        </span>
      )}
    </>
  );
}
