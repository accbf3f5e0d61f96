import * as z from 'zod';
import { EditEvent, EventPage, ListEvents, PostEvent, StreamEvent } from '../event.ts';
import { EventId, StreamId, WorkspaceId } from '../ids.ts';
import { defineRoute, pageOf, pageQuery } from '../route.ts';
import { CreateStream, Stream, StreamType } from '../stream.ts';

const inWorkspace = z.strictObject({ workspaceId: WorkspaceId });
const ofStream = z.strictObject({ workspaceId: WorkspaceId, streamId: StreamId });
const ofEvent = z.strictObject({ workspaceId: WorkspaceId, streamId: StreamId, eventId: EventId });
const base = '/v1/workspaces/{workspaceId}/streams';

export const createStream = defineRoute({
  method: 'POST',
  path: base,
  auth: 'user',
  tag: 'streams',
  summary: 'Create a stream; the caller becomes its owner',
  params: inWorkspace,
  body: CreateStream,
  headers: ['idempotency-key'],
  answers: { 201: Stream, 200: Stream },
});

export const listStreams = defineRoute({
  method: 'GET',
  path: base,
  auth: 'user',
  tag: 'streams',
  summary: 'List the streams that the caller may see, by name',
  params: inWorkspace,
  query: z.strictObject({ type: StreamType.optional(), q: z.string().trim().max(80).optional(), ...pageQuery }),
  answers: { 200: pageOf(Stream).meta({ id: 'StreamPage' }) },
});

export const readStream = defineRoute({
  method: 'GET',
  path: `${base}/{streamId}`,
  auth: 'user',
  tag: 'streams',
  summary: 'Read one stream',
  params: ofStream,
  answers: { 200: Stream },
});

export const listEvents = defineRoute({
  method: 'GET',
  path: `${base}/{streamId}/events`,
  auth: 'user',
  tag: 'streams',
  summary: 'Read a page of events by position, oldest first; or everything that changed after a position',
  params: ofStream,
  query: ListEvents,
  answers: { 200: EventPage },
});

export const postEvent = defineRoute({
  method: 'POST',
  path: `${base}/{streamId}/events`,
  auth: 'user',
  tag: 'streams',
  summary: 'Post a message; the same clientEventId again answers 200 with the first event',
  params: ofStream,
  body: PostEvent,
  headers: ['idempotency-key'],
  answers: { 201: StreamEvent, 200: StreamEvent },
});

export const editEvent = defineRoute({
  method: 'PATCH',
  path: `${base}/{streamId}/events/{eventId}`,
  auth: 'user',
  tag: 'streams',
  summary: "Edit the caller's own message",
  params: ofEvent,
  body: EditEvent,
  headers: ['if-match'],
  answers: { 200: StreamEvent },
});

export const deleteEvent = defineRoute({
  method: 'DELETE',
  path: `${base}/{streamId}/events/{eventId}`,
  auth: 'user',
  tag: 'streams',
  summary: "Delete the caller's own message; its place in the log stays",
  params: ofEvent,
  headers: ['if-match'],
  answers: { 200: StreamEvent },
});
