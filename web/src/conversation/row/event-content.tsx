import type { StreamEvent } from '../../../../contract/event.ts';
import { CustomEventCard } from './custom-event-card.tsx';
import { FileCard } from '../../files/file-card.tsx';
import { MessageBody } from './message-body.tsx';
import classes from './event-content.module.css';
import { PollCard } from '../../polls/poll-card.tsx';
import { useRowContext } from '../actions/row-context.ts';
import { SharedCard } from './shared-card.tsx';

/** The content of an event, by its type. */
export function EventContent({ event }: { event: StreamEvent }) {
  if (event.deletedAt !== null) return <p className={classes.deleted}>This message was deleted.</p>;
  if (event.sharedRef) return <SharedCard shared={event.sharedRef} />;
  if (event.poll) return <PollCard event={event} poll={event.poll} />;
  if (event.file) {
    return (
      <>
        <EventText event={event} />
        <FileCard file={event.file} />
      </>
    );
  }
  if (event.eventType.includes('.')) {
    return (
      <CustomEventCard event={event}>
        <EventText event={event} />
      </CustomEventCard>
    );
  }
  return <EventText event={event} />;
}

function EventText({ event }: { event: StreamEvent }) {
  const { me, rights, actions } = useRowContext();
  if (!event.content) return null;
  const { text, mentions } = event.content;
  const mayRead = event.actorId === me.id || rights.readVersions;
  return (
    <MessageBody
      text={text}
      mentions={mentions}
      editedAt={event.editedAt}
      {...(mayRead && { onShowVersions: () => actions.onShowVersions(event) })}
    />
  );
}
