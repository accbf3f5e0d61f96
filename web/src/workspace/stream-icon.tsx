import { Bot, Hash, Lock, MessageCircle, MessagesSquare, Siren } from 'lucide-react';
import type { Stream } from '../../../contract/stream.ts';
import { severityLabel } from './incident-severity.ts';
import classes from './stream-icon.module.css';

type IconProps = Pick<Stream, 'visibility' | 'streamType' | 'severity' | 'status'>;

/** The icon of a stream, by type and visibility. */
export function StreamIcon({ stream, size = 16 }: { stream: IconProps; size?: number }) {
  switch (stream.streamType) {
    case 'incident': {
      const label = `Incident, ${stream.status === 'resolved' ? 'resolved' : severityLabel(stream.severity)}`;
      return (
        <Siren size={size} className={classes.incident} data-severity={stream.severity} data-status={stream.status} aria-label={label} />
      );
    }
    case 'dm':
      return <MessageCircle size={size} aria-hidden="true" />;
    case 'thread':
      return <MessagesSquare size={size} aria-hidden="true" />;
    case 'assistant':
      return <Bot size={size} aria-hidden="true" />;
    case 'channel':
      return stream.visibility === 'private' ? <Lock size={size - 1} aria-label="Private" /> : <Hash size={size} aria-hidden="true" />;
    default: {
      const never: never = stream.streamType;
      throw new Error(`unknown stream type ${String(never)}`);
    }
  }
}
