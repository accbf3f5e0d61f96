import { useMemo, useState } from 'react';
import type { Mention } from '../../../../contract/event.ts';
import { MessageMarkdown, type Marks } from '../../ui/markdown/markdown.tsx';
import { fullTimeOf } from '../../ui/times.ts';
import { MentionChip } from './mention-chip.tsx';
import { piecesOf } from './mention-text.ts';
import classes from './message-body.module.css';
import { isLong } from '../../ui/message-text.ts';

interface Props {
  readonly text: string;
  /** The mentions that the server found in the text. */
  readonly mentions: readonly Mention[];
  readonly editedAt?: string | null;
  readonly onShowVersions?: () => void;
}

/** The text of a message; very long ones are folded. */
export function MessageBody({ text, mentions, editedAt = null, onShowVersions }: Props) {
  const [unfolded, setUnfolded] = useState(false);
  const long = isLong(text);
  const marks = useMarks(mentions);
  const edited = editedAt === null ? '' : `Edited ${fullTimeOf(Date.parse(editedAt))}`;
  return (
    <>
      <div className={long && !unfolded ? classes.folded : classes.whole} data-edited={editedAt !== null}>
        <MessageMarkdown text={text} marks={marks} />
      </div>
      {long && (
        <button type="button" className={classes.fold} aria-expanded={unfolded} onClick={() => setUnfolded(!unfolded)}>
          {unfolded ? 'Show less' : 'Show the whole message'}
        </button>
      )}
      {editedAt !== null &&
        (onShowVersions ? (
          <button type="button" className={classes.edited} title={`${edited}. Show what it said before`} onClick={onShowVersions}>
            (edited)
          </button>
        ) : (
          <span className={classes.edited} title={edited}>
            (edited)
          </span>
        ))}
    </>
  );
}

/** The marks of mentions; equal mentions give the same object, even after the event is read again. */
function useMarks(mentions: readonly Mention[]): Marks | undefined {
  const key = JSON.stringify(mentions);
  return useMemo((): Marks | undefined => {
    const known = JSON.parse(key) as Mention[];
    if (known.length === 0) return undefined;
    return {
      find: (text) =>
        piecesOf(text, known).map((piece) =>
          typeof piece === 'string'
            ? piece
            : {
                key: String(known.findIndex(({ type, id }) => type === piece.mention.type && id === piece.mention.id)),
                text: piece.written,
              },
        ),
      show: (index, written) => {
        const mention = known[Number(index)];
        return mention ? <MentionChip mention={mention} written={written} /> : written;
      },
    };
  }, [key]);
}
