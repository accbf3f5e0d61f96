import type { StreamEvent } from '../../../contract/event.ts';

/** A cache of the events that threads branched from. They stand for the thread's name. */
export interface ThreadRoots {
  known(eventId: string): StreamEvent | undefined;
  read(streamId: string, eventId: string): Promise<StreamEvent>;
}

export function openThreadRoots(load: (streamId: string, eventId: string) => Promise<StreamEvent>): ThreadRoots {
  const known = new Map<string, StreamEvent>();
  const reading = new Map<string, Promise<StreamEvent>>();
  return {
    known: (eventId) => known.get(eventId),
    read(streamId, eventId) {
      const running = reading.get(eventId);
      if (running) return running;
      const read = load(streamId, eventId)
        .then((event) => {
          known.set(eventId, event);
          return event;
        })
        .finally(() => reading.delete(eventId));
      reading.set(eventId, read);
      return read;
    },
  };
}

/** The beginning of an event's text, on one line. */
export function firstWords(event: StreamEvent | undefined, most = 60): string | undefined {
  if (!event) return undefined;
  if (event.deletedAt !== null) return 'A deleted message';
  const text = event.content?.text ?? event.poll?.question ?? event.file?.name ?? event.sharedRef?.context ?? '';
  const oneLine = text
    .replace(/[*_`>#~]+/g, '')
    .replace(/\s+/g, ' ')
    .trim();
  const characters = Array.from(oneLine);
  if (characters.length === 0) return undefined;
  return characters.length <= most ? oneLine : `${characters.slice(0, most).join('').trimEnd()}…`;
}
