import { Button, Loader } from '@mantine/core';
import type { Stream } from '../../../contract/stream.ts';
import { sentenceOf } from './connection.ts';
import classes from './stream-start.module.css';
import { nameOfStream } from './stream-filter.ts';
import type { Older } from './use-older.ts';

interface Props {
  readonly stream: Stream | undefined;
  readonly hasOlder: boolean;
  readonly isEmpty: boolean;
  /** Nothing is known yet. */
  readonly isWaiting: boolean;
  readonly older: Older;
}

/** What stands above the oldest message: that there is more, or that this is where it began. */
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
  const name = stream ? nameOfStream(stream) : 'this stream';
  return (
    <div className={classes.start}>
      <p className={classes.title}>
        {isEmpty ? 'Nothing has been said in ' : 'This is where '}
        <bdi>{name}</bdi>
        {isEmpty ? ' yet' : ' began'}
      </p>
      <p>{isEmpty ? 'Write the first message below.' : (stream?.description ?? 'There is nothing before it.')}</p>
    </div>
  );
}

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
