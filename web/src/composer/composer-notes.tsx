import type { LiveSnapshot } from '../../../client/stream/live-stream.ts';
import type { Stream } from '../../../contract/stream.ts';
import type { SendState } from './composer-send.ts';
import { ComposerTyping } from './composer-typing.tsx';
import classes from './composer.module.css';
import { commands } from './slash-commands.ts';
import { useRights } from '../workspace/stream-rights.ts';
import { useJoin } from '../workspace/use-join.ts';

interface Props {
  readonly sending: Pick<SendState, 'room' | 'says' | 'isWaiting' | 'notesId'>;
  readonly stream: Stream | undefined;
  readonly snapshot: LiveSnapshot;
  readonly text: string;
}

/** The line below the composer: errors, progress and hints. */
export function ComposerNotes({ sending, stream, snapshot, text }: Props) {
  const { room, says, isWaiting, notesId } = sending;
  const isOver = room.kind === 'over' || says !== undefined;
  const note = says ?? (room.kind === 'plenty' ? undefined : room.message) ?? (isWaiting ? 'Goes out when the files are up.' : undefined);
  return (
    <div className={classes.foot}>
      <p id={notesId} className={classes.notes} data-kind={isOver ? 'over' : room.kind} role={note === undefined ? undefined : 'status'}>
        {note ?? <DefaultNote stream={stream} text={text} />}
      </p>
      <ComposerTyping snapshot={snapshot} />
    </div>
  );
}

function DefaultNote({ stream, text }: { stream: Stream | undefined; text: string }) {
  const { busy, join } = useJoin(stream);
  const rights = useRights(stream);
  const command = commands.find(({ name }) => text === `/${name}` || text.startsWith(`/${name} `));
  if (command) {
    return (
      <>
        <b>
          /{command.name} {command.usage}
        </b>{' '}
        {command.says}
      </>
    );
  }
  const isOutside = stream !== undefined && !stream.isMember && (stream.streamType === 'channel' || stream.streamType === 'incident');
  if (isOutside) {
    return (
      <>
        You have not joined this {stream.streamType}: you can write here, but nothing will tell you of answers.{' '}
        {rights.join && (
          <button type="button" className={classes.join} disabled={busy} onClick={join}>
            Join
          </button>
        )}
      </>
    );
  }
  return (
    <span className={classes.hints}>
      <b>Enter</b> sends, <b>Shift Enter</b> breaks the line, <b>@</b> people, <b>#</b> streams, <b>/</b> commands, **bold**, `code`
    </span>
  );
}
