import type { PendingEvent } from '../../../../client/stream/live-stream.ts';
import { ChartColumn } from 'lucide-react';
import classes from './event-content.module.css';
import { FileCard } from '../../files/file-card.tsx';
import type { Uploads } from '../../files/file-uploads.ts';
import { MessageBody } from './message-body.tsx';
import { PendingStatus, type PendingActions } from './pending-status.tsx';

interface Props {
  readonly pending: PendingEvent;
  readonly uploads: Pick<Uploads, 'sent'>;
  readonly actions: PendingActions;
}

/** An own message that is not sent yet, with its state. */
export function PendingContent({ pending, uploads, actions }: Props) {
  const { body, text } = pending;
  const file = 'fileId' in body ? uploads.sent(body.fileId) : undefined;
  return (
    <>
      {'options' in body ? (
        <div className={classes.card}>
          <p className={classes.title}>
            <ChartColumn size={13} aria-hidden="true" /> Poll
          </p>
          <b dir="auto">{text}</b>
          <ul className={classes.answers}>
            {body.options.map((option) => (
              <li key={option}>{option}</li>
            ))}
          </ul>
        </div>
      ) : (
        text !== '' && <MessageBody text={text} mentions={[]} />
      )}
      {file && <FileCard file={file} />}
      <PendingStatus pending={pending} actions={actions} />
    </>
  );
}
