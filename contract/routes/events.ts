import * as z from 'zod';
import {
  AddReaction,
  CastVotes,
  EditEvent,
  Emoji,
  EventPage,
  EventVersion,
  ListEvents,
  PostEvent,
  ShareEvent,
  StreamEvent,
} from '../event.ts';
import { EventId, StreamId, WorkspaceId } from '../ids.ts';
import { defineRoute, pageOf } from '../route.ts';
import { SearchHit, SearchQuery } from '../search.ts';
import { CreateThread, Stream } from '../stream.ts';

const inWorkspace = z.strictObject({ workspaceId: WorkspaceId });
const ofStream = z.strictObject({ workspaceId: WorkspaceId, streamId: StreamId });
const ofEvent = z.strictObject({ workspaceId: WorkspaceId, streamId: StreamId, eventId: EventId });
const stream = '/v1/workspaces/{workspaceId}/streams/{streamId}';
const event = `${stream}/events/{eventId}`;
const shared = { auth: 'user', tag: 'streams' } as const;

export const listEvents = defineRoute({
  ...shared,
  method: 'GET',
  path: `${stream}/events`,
  summary: 'Read a page of events by position, oldest first; or everything that changed after a position',
  params: ofStream,
  query: ListEvents,
  answers: { 200: EventPage },
});

export const postEvent = defineRoute({
  ...shared,
  method: 'POST',
  path: `${stream}/events`,
  summary:
    'Post a message, a poll, an uploaded file or an event of an own type; the same clientEventId again answers 200 with the first event',
  params: ofStream,
  body: PostEvent,
  headers: ['idempotency-key'],
  answers: { 201: StreamEvent, 200: StreamEvent },
});

export const readEvent = defineRoute({
  ...shared,
  method: 'GET',
  path: event,
  summary: 'Read one event as the caller may see it',
  params: ofEvent,
  answers: { 200: StreamEvent },
});

export const editEvent = defineRoute({
  ...shared,
  method: 'PATCH',
  path: event,
  summary: "Edit the text of the caller's own event; what it said before is kept",
  params: ofEvent,
  body: EditEvent,
  headers: ['if-match'],
  answers: { 200: StreamEvent },
});

export const deleteEvent = defineRoute({
  ...shared,
  method: 'DELETE',
  path: event,
  summary: "Delete the caller's own event, or as who manages the stream; its place in the log stays",
  params: ofEvent,
  headers: ['if-match'],
  answers: { 200: StreamEvent },
});

export const listVersions = defineRoute({
  ...shared,
  method: 'GET',
  path: `${event}/versions`,
  summary: 'List what an event said before its edits, newest first (its author, and managers of the stream)',
  params: ofEvent,
  answers: { 200: z.object({ items: z.array(EventVersion) }).meta({ id: 'EventVersions' }) },
});

export const purgeVersions = defineRoute({
  ...shared,
  method: 'DELETE',
  path: `${event}/versions`,
  summary: 'Purge what an event said before its edits, for good (its author, and managers of the stream)',
  params: ofEvent,
  answers: { 204: undefined },
});

export const createThread = defineRoute({
  ...shared,
  method: 'POST',
  path: `${stream}/thread`,
  summary: 'Start a thread on an event; an event has one: if it is there already, 200',
  params: ofStream,
  body: CreateThread,
  answers: { 201: Stream, 200: Stream },
});

export const shareEvent = defineRoute({
  ...shared,
  method: 'POST',
  path: `${stream}/share`,
  summary: 'Share an event into this stream; each reader sees of the original what they may',
  params: ofStream,
  body: ShareEvent,
  headers: ['idempotency-key'],
  answers: { 201: StreamEvent, 200: StreamEvent },
});

export const addReaction = defineRoute({
  ...shared,
  method: 'POST',
  path: `${event}/reactions`,
  summary: 'React with an emoji; the same one twice changes nothing',
  params: ofEvent,
  body: AddReaction,
  answers: { 200: StreamEvent },
});

export const removeReaction = defineRoute({
  ...shared,
  method: 'DELETE',
  path: `${event}/reactions`,
  summary: 'Take a reaction back',
  params: ofEvent,
  query: z.strictObject({ emoji: Emoji }),
  answers: { 200: StreamEvent },
});

export const castVotes = defineRoute({
  ...shared,
  method: 'PUT',
  path: `${event}/votes`,
  summary: 'Vote in a poll; it replaces what the caller voted before',
  params: ofEvent,
  body: CastVotes,
  answers: { 200: StreamEvent },
});

export const pinEvent = defineRoute({
  ...shared,
  method: 'PUT',
  path: `${event}/pin`,
  summary: 'Pin an event to its stream',
  params: ofEvent,
  answers: { 200: StreamEvent },
});

export const unpinEvent = defineRoute({
  ...shared,
  method: 'DELETE',
  path: `${event}/pin`,
  summary: 'Unpin an event',
  params: ofEvent,
  answers: { 200: StreamEvent },
});

export const listPins = defineRoute({
  ...shared,
  method: 'GET',
  path: `${stream}/pins`,
  summary: 'List the pinned events of a stream, the newest pin first',
  params: ofStream,
  answers: { 200: z.object({ items: z.array(StreamEvent) }).meta({ id: 'Pins' }) },
});

export const searchEvents = defineRoute({
  ...shared,
  method: 'GET',
  path: '/v1/workspaces/{workspaceId}/search',
  summary: 'Search the messages that the caller may see, best first',
  params: inWorkspace,
  query: SearchQuery,
  answers: { 200: pageOf(SearchHit).meta({ id: 'SearchPage' }) },
});
