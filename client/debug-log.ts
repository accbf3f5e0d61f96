import { systemClock } from './clock.ts';
import type { Clock } from './clock.ts';

/** Events of the client itself: it gave up on something and retries. The names are stable, so that programs can count by them. */
export const noteNames = [
  /** A try of an HTTP request failed and is repeated. Fields: `route`, `attempt`, `reason`. */
  'request-retried',
  /** A try to connect failed, or a connection ended. Fields: `attempt`, `reason`. */
  'connection-lost',
  /** The server named subscriptions that it has lost; the client subscribes again. Fields: `rooms`. */
  'subscriptions-lost',
  /** A room was not live within its deadline; the client subscribes and reads again. Fields: `room`, `state`, `waitedMs`, `attempt`. */
  'room-overdue',
] as const;
export type NoteName = (typeof noteNames)[number];
export type NoteFields = Readonly<Record<string, string | number | readonly string[]>>;

export interface Note {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly name: NoteName;
  readonly fields: NoteFields;
}

/** Log of failures that the client repaired by itself. Give the same log to the HTTP client and to the socket. */
export interface DebugLog {
  note(name: NoteName, fields?: NoteFields): void;
  /** Count of each note since the start: metrics for a program that reports them. */
  counts(): Readonly<Record<NoteName, number>>;
  /** The newest notes, oldest first. */
  notes(): readonly Note[];
}

export interface DebugLogOptions {
  readonly clock?: Pick<Clock, 'now'>;
  /** Number of notes kept; default 200. */
  readonly keep?: number;
  /** Called with each note as it is made, for a console or a metrics client. */
  readonly write?: (note: Note) => void;
}

/** Makes a log that keeps the newest notes in memory and counts all of them. */
export function createDebugLog({ clock = systemClock, keep = 200, write }: DebugLogOptions = {}): DebugLog {
  const kept: Note[] = [];
  const counts = Object.fromEntries(noteNames.map((name) => [name, 0])) as Record<NoteName, number>;
  return {
    note(name, fields = {}) {
      const note = { at: clock.now(), name, fields };
      counts[name]++;
      kept.push(note);
      if (kept.length > keep) kept.shift();
      try {
        write?.(note);
      } catch {
        // The note is kept all the same: an error of the writer must not stop the repair that the note describes.
      }
    },
    counts: () => ({ ...counts }),
    notes: () => [...kept],
  };
}
