import type { KnownEventType, StreamEvent } from '../../../contract/event.ts';

const spoken: readonly string[] = ['message', 'shared', 'poll', 'file'] satisfies KnownEventType[];

/** True for events that show as a notice in one line. Messages and types of other products are no notices. */
export const isNotice = ({ eventType }: Pick<StreamEvent, 'eventType'>): boolean => !spoken.includes(eventType) && !eventType.includes('.');
