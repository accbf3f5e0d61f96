import type { KnownEventType, StreamEvent } from '../../../contract/event.ts';

const spoken: readonly string[] = ['message', 'shared', 'poll', 'file'] satisfies KnownEventType[];

/** Whether an event is noted in one line. What people wrote, and what a product says of its own, is not. */
export const isNotice = ({ eventType }: Pick<StreamEvent, 'eventType'>): boolean => !spoken.includes(eventType) && !eventType.includes('.');
