import { Button, Loader } from '@mantine/core';
import type { Stream } from '../../../../contract/stream.ts';
import { sentenceOf } from '../../ui/problem-words.ts';
import classes from './stream-start.module.css';
import { nameOfStream } from '../../workspace/stream-filter.ts';
import type { OlderMessages } from './use-older-messages.ts';
import { useWorkspace } from '../../workspace/workspace-context.ts';

interface Props {
  readonly stream: Stream | undefined;
  readonly hasOlder: boolean;
  readonly isEmpty: boolean;
  /** Nothing has loaded yet. */
  readonly isWaiting: boolean;
  readonly older: OlderMessages;
}

/** The top of the list: more messages to load, or the beginning of the stream. */
export function StreamStart({ stream, hasOlder, isEmpty, isWaiting, older }: Props) {
  if (older.problem) {
    return (
      <div className={classes.more} role="alert">
        <span>Earlier messages could not be loaded. {sentenceOf(older.problem)}</span>
        <Button size="compact-xs" variant="light" onClick={older.retry}>
          Try again
        </Button>
      </div>
    );
  }
  if (hasOlder) {
    return (
      <div className={classes.more}>
        <Loader size={14} aria-hidden="true" /> <span>Loading earlier messages…</span>
      </div>
    );
  }
  if (isWaiting) return <Skeletons />;
  return <Beginning stream={stream} isEmpty={isEmpty} />;
}

function Beginning({ stream, isEmpty }: Pick<Props, 'stream' | 'isEmpty'>) {
  const { me } = useWorkspace();
  if (stream?.streamType === 'thread' && stream.name === null) {
    return <p className={classes.thread}>{isEmpty ? 'Nobody has replied yet.' : 'Replies'}</p>;
  }
  const name = stream ? nameOfStream(stream, me.id) : 'this stream';
  return (
    <div className={classes.start}>
      <p className={classes.title}>
        {stream?.streamType === 'dm' ? withWhom(isEmpty) : isEmpty ? 'Nothing has been said in ' : 'This is where '}
        <bdi>{name}</bdi>
        {isEmpty ? ' yet' : stream?.streamType === 'dm' ? '' : ' began'}
      </p>
      <p>{isEmpty ? 'Write the first message below.' : (stream?.description ?? 'There is nothing before it.')}</p>
    </div>
  );
}

const withWhom = (isEmpty: boolean): string =>
  isEmpty ? 'Nothing has been said between you and ' : 'The beginning of what was said between you and ';

function Skeletons() {
  return (
    <div className={classes.skeletons} aria-hidden="true">
      {[62, 40, 75, 30, 55].map((width) => (
        <div key={width}>
          <span />
          <p style={{ width: `${width}%` }} />
        </div>
      ))}
    </div>
  );
}
