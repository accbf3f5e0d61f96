import { CornerUpRight, EyeOff, Trash2 } from 'lucide-react';
import type { SharedRef } from '../../../../contract/event.ts';
import { Avatar } from '../../ui/avatar.tsx';
import { dayLabel, fullTimeOf, timeOf } from '../../ui/times.ts';
import { useToday } from '../../ui/use-today.ts';
import { MessageBody } from './message-body.tsx';
import classes from './shared-card.module.css';
import { useWorkspace } from '../../workspace/workspace-context.ts';

/** A shared event of another stream: the sharer's comment, and the current original as far as the reader may see it. */
export function SharedCard({ shared: { context, preview } }: { shared: SharedRef }) {
  return (
    <>
      {context !== null && context !== '' && <MessageBody text={context} mentions={[]} />}
      <div className={classes.card}>
        {preview === undefined ? (
          <p className={classes.note} aria-busy="true">
            Looking for the original…
          </p>
        ) : preview.state === 'hidden' ? (
          <p className={classes.note}>
            <EyeOff size={14} aria-hidden="true" /> You cannot see the original.
          </p>
        ) : preview.state === 'deleted' ? (
          <p className={classes.note}>
            <Trash2 size={14} aria-hidden="true" /> The original was deleted.
          </p>
        ) : (
          <Preview preview={preview} />
        )}
      </div>
    </>
  );
}

type VisiblePreview = Extract<NonNullable<SharedRef['preview']>, { state: 'visible' }>;

const typeWords = new Map([
  ['poll', 'A poll'],
  ['file', 'A file'],
]);

function Preview({ preview }: { preview: VisiblePreview }) {
  const { pageActions } = useWorkspace();
  const today = useToday();
  const { actorId, actorName, text, createdAt, editedAt, eventType, streamId, streamType, streamName, seq } = preview;
  const at = Date.parse(createdAt);
  return (
    <>
      <p className={classes.from}>
        <Avatar id={actorId} name={actorName} size={20} />
        <bdi className={classes.author}>{actorName}</bdi>
        <time dateTime={createdAt} title={fullTimeOf(at)}>
          {dayLabel(at, today)}, {timeOf(at)}
        </time>
      </p>
      {text === null || text === '' ? (
        <p className={classes.note}>{typeWords.get(eventType) ?? eventType}</p>
      ) : (
        <MessageBody text={text} mentions={[]} editedAt={editedAt} />
      )}
      <button type="button" className={classes.open} onClick={() => pageActions.openEvent(streamId, seq)}>
        <CornerUpRight size={13} aria-hidden="true" /> Open in <bdi>{streamName ?? placeWords.get(streamType) ?? 'its stream'}</bdi>
      </button>
    </>
  );
}

const placeWords = new Map([
  ['thread', 'its thread'],
  ['dm', 'the direct message'],
]);
