import type { ReactNode } from 'react';
import type { Stream } from '../../../contract/stream.ts';
import { nameOfStream } from './stream-filter.ts';
import classes from './stream-header.module.css';
import { StreamIcon } from './stream-icon.tsx';

/** What stream this is. */
export function StreamHeader({ stream, menu }: { stream: Stream | undefined; menu: ReactNode }) {
  return (
    <header className={classes.header}>
      {menu}
      <div className={classes.words}>
        <h1 className={classes.name}>
          {stream && <StreamIcon stream={stream} size={17} />}
          <bdi>{stream ? nameOfStream(stream) : 'Stream'}</bdi>
        </h1>
        {stream?.description && (
          <p className={classes.description} title={stream.description}>
            <bdi>{stream.description}</bdi>
          </p>
        )}
      </div>
      {stream?.status === 'archived' && <span className={classes.tag}>Archived</span>}
    </header>
  );
}
