import { useState, type ReactNode } from 'react';
import { Zap } from 'lucide-react';
import type { StreamEvent } from '../../../../contract/event.ts';
import classes from './event-content.module.css';
import { payloadPairs } from './event-payload.ts';

/** More pairs than this stay hidden until the reader unfolds them. */
const shownPairs = 6;

/** An event of a type that this page does not know: its text and its payload. */
export function CustomEventCard({ event, children }: { event: StreamEvent; children: ReactNode }) {
  const [all, setAll] = useState(false);
  const pairs = payloadPairs(event.payload ?? {});
  const hidden = pairs.length - shownPairs;
  return (
    <div className={classes.card}>
      <p className={classes.title}>
        <Zap size={13} aria-hidden="true" />
        <span className={classes.type}>{event.eventType}</span>
      </p>
      {children}
      {pairs.length > 0 && (
        <dl className={classes.pairs}>
          {(all ? pairs : pairs.slice(0, shownPairs)).map(([key, value]) => (
            <Pair key={key} name={key} value={value} />
          ))}
        </dl>
      )}
      {hidden > 0 && (
        <button type="button" className={classes.more} aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? 'Show less' : `Show ${hidden} more`}
        </button>
      )}
    </div>
  );
}

function Pair({ name, value }: { name: string; value: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd dir="auto">{value}</dd>
    </>
  );
}
