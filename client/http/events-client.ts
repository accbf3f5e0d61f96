import { api } from '../../contract/api.ts';
import type { EditEvent, PostEvent, ShareEvent } from '../../contract/event.ts';
import type { CreateThread } from '../../contract/stream.ts';
import type * as z from 'zod';
import { ifMatch, newClientEventId } from './call.ts';
import type { Call, ChangeOptions, Query, SendOptions } from './call.ts';
import type { Clock } from '../clock.ts';

const routes = api.streams;

/** The events of one stream. */
export type EventsClient = ReturnType<typeof eventsClient>;

/** Input of a post, where fields with a default may be left out. */
export type PostEventInput = z.input<typeof PostEvent>;

export function eventsClient(call: Call, workspaceId: string, streamId: string, clock: Clock) {
  const params = { workspaceId, streamId };
  const of = (eventId: string) => ({ ...params, eventId });
  const once = <Body extends { readonly clientEventId?: string }>(body: Body) => ({
    ...body,
    clientEventId: body.clientEventId ?? newClientEventId(clock.now()),
  });
  return {
    list: (query: Query<typeof routes.listEvents> = {}, options: SendOptions = {}) =>
      call(routes.listEvents, { params, query, ...options }),
    /** Retries safely: makes a `clientEventId` when the input has none. */
    post: (body: PostEventInput, options: SendOptions = {}) =>
      call(routes.postEvent, { params, body: once(body), repeatable: true, ...options }),
    /** Reads one event as the caller may see it, with the preview of the event it shares. */
    read: (eventId: string, options: SendOptions = {}) => call(routes.readEvent, { params: of(eventId), ...options }),
    edit: (eventId: string, body: EditEvent, options: ChangeOptions = {}) =>
      call(routes.editEvent, { params: of(eventId), body, headers: ifMatch(options.ifMatch), signal: options.signal }),
    delete: (eventId: string, options: ChangeOptions = {}) =>
      call(routes.deleteEvent, { params: of(eventId), headers: ifMatch(options.ifMatch), signal: options.signal }),
    /** Lists the texts of the event before its edits, newest first. */
    versions: async (eventId: string, options: SendOptions = {}) =>
      (await call(routes.listVersions, { params: of(eventId), ...options })).items,
    /** Deletes the texts of the event before its edits, for good. */
    purgeVersions: (eventId: string, options: SendOptions = {}) =>
      call(routes.purgeVersions, { params: of(eventId), repeatable: true, ...options }),
    react: (eventId: string, emoji: string, options: SendOptions = {}) =>
      call(routes.addReaction, { params: of(eventId), body: { emoji }, repeatable: true, ...options }),
    unreact: (eventId: string, emoji: string, options: SendOptions = {}) =>
      call(routes.removeReaction, { params: of(eventId), query: { emoji }, repeatable: true, ...options }),
    /** Replaces the caller's vote. An empty choice takes the vote back. */
    vote: (eventId: string, optionIds: readonly string[], options: SendOptions = {}) =>
      call(routes.castVotes, { params: of(eventId), body: { optionIds: [...optionIds] }, repeatable: true, ...options }),
    pin: (eventId: string, options: SendOptions = {}) => call(routes.pinEvent, { params: of(eventId), repeatable: true, ...options }),
    unpin: (eventId: string, options: SendOptions = {}) => call(routes.unpinEvent, { params: of(eventId), repeatable: true, ...options }),
    /** Lists the pinned events, newest pin first. */
    pins: async (options: SendOptions = {}) => (await call(routes.listPins, { params, ...options })).items,
    /** Shares an event of any stream into this stream. Retries safely, as `post` does. */
    share: (body: z.input<typeof ShareEvent>, options: SendOptions = {}) =>
      call(routes.shareEvent, { params, body: once(body), repeatable: true, ...options }),
    /** Gets the thread of an event of this stream, and creates it where there is none. */
    thread: (body: z.input<typeof CreateThread>, options: SendOptions = {}) =>
      call(routes.createThread, { params, body, repeatable: true, ...options }),
  };
}
