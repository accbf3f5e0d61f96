import * as z from 'zod';
import { StreamId, UserId, WorkspaceId } from '../ids.ts';
import { Bootstrap } from '../bootstrap.ts';
import { defineRoute, pageOf, pageQuery } from '../route.ts';
import {
  CreateStream,
  InviteMembers,
  ListStreams,
  MarkRead,
  MarkUnread,
  OwnerlessStream,
  PromoteStream,
  ReadState,
  Stream,
  StreamMember,
  UpdateStream,
  UpdateStreamMember,
} from '../stream.ts';
import { storable } from '../text.ts';

const inWorkspace = z.strictObject({ workspaceId: WorkspaceId });
const ofStream = z.strictObject({ workspaceId: WorkspaceId, streamId: StreamId });
const ofMember = z.strictObject({ workspaceId: WorkspaceId, streamId: StreamId, userId: UserId });
const base = '/v1/workspaces/{workspaceId}/streams';
const shared = { auth: 'user', tag: 'streams' } as const;

export const bootstrap = defineRoute({
  ...shared,
  method: 'GET',
  path: '/v1/workspaces/{workspaceId}/bootstrap',
  summary: 'Read all that an app needs to draw itself, with the positions to go on from',
  params: inWorkspace,
  answers: { 200: Bootstrap },
});

export const createStream = defineRoute({
  ...shared,
  method: 'POST',
  path: base,
  summary: 'Create a channel, an incident (the caller becomes its owner) or a DM (the same people give the same DM: 200)',
  params: inWorkspace,
  body: CreateStream,
  headers: ['idempotency-key'],
  answers: { 201: Stream, 200: Stream },
});

export const listStreams = defineRoute({
  ...shared,
  method: 'GET',
  path: base,
  summary: 'List the streams that the caller may see, by name or by activity',
  params: inWorkspace,
  query: ListStreams,
  answers: { 200: pageOf(Stream).meta({ id: 'StreamPage' }) },
});

export const readStream = defineRoute({
  ...shared,
  method: 'GET',
  path: `${base}/{streamId}`,
  summary: 'Read one stream',
  params: ofStream,
  answers: { 200: Stream },
});

export const updateStream = defineRoute({
  ...shared,
  method: 'PATCH',
  path: `${base}/{streamId}`,
  summary: 'Change name, description, visibility, status or severity',
  params: ofStream,
  body: UpdateStream,
  headers: ['if-match'],
  answers: { 200: Stream },
});

export const archiveStream = defineRoute({
  ...shared,
  method: 'DELETE',
  path: `${base}/{streamId}`,
  summary: 'Archive the stream: it can be read, and brought back with PATCH {"status":"active"}',
  params: ofStream,
  answers: { 200: Stream },
});

export const promoteStream = defineRoute({
  ...shared,
  method: 'POST',
  path: `${base}/{streamId}/promote`,
  summary: 'Turn a thread into a channel or an incident, in place: same id, same events',
  params: ofStream,
  body: PromoteStream,
  answers: { 200: Stream },
});

export const listOwnerlessStreams = defineRoute({
  ...shared,
  method: 'GET',
  path: '/v1/workspaces/{workspaceId}/ownerless',
  summary: 'List the private streams that lost their last owner, oldest first; for owners of the workspace',
  params: inWorkspace,
  query: z.strictObject(pageQuery),
  answers: { 200: pageOf(OwnerlessStream).meta({ id: 'OwnerlessStreamPage' }) },
});

export const recoverStream = defineRoute({
  ...shared,
  method: 'POST',
  path: `${base}/{streamId}/recover`,
  summary: 'Become the owner of a private stream that lost its last one; for owners of the workspace, and told to its members',
  params: ofStream,
  answers: { 200: Stream },
});

export const joinStream = defineRoute({
  ...shared,
  method: 'POST',
  path: `${base}/{streamId}/join`,
  summary: 'Join a stream that one may see (a thread: follow it); joining twice changes nothing',
  params: ofStream,
  answers: { 200: Stream },
});

export const leaveStream = defineRoute({
  ...shared,
  method: 'POST',
  path: `${base}/{streamId}/leave`,
  summary: 'Leave a stream (a thread: follow it no more); leaving twice changes nothing',
  params: ofStream,
  answers: { 204: undefined },
});

export const listStreamMembers = defineRoute({
  ...shared,
  method: 'GET',
  path: `${base}/{streamId}/members`,
  summary: 'List the members of a stream by name',
  params: ofStream,
  query: z.strictObject({ q: storable.trim().max(80).optional(), ...pageQuery }),
  answers: { 200: pageOf(StreamMember).meta({ id: 'StreamMemberPage' }) },
});

export const inviteMembers = defineRoute({
  ...shared,
  method: 'POST',
  path: `${base}/{streamId}/members`,
  summary: 'Add members of the workspace to a stream; who is in it already is skipped, unless nobody is new',
  params: ofStream,
  body: InviteMembers,
  answers: { 200: z.object({ added: z.array(StreamMember) }).meta({ id: 'Invited' }) },
});

export const updateStreamMember = defineRoute({
  ...shared,
  method: 'PATCH',
  path: `${base}/{streamId}/members/{userId}`,
  summary: "Change a member's role, or one's own notify level",
  params: ofMember,
  body: UpdateStreamMember,
  answers: { 200: StreamMember },
});

export const removeStreamMember = defineRoute({
  ...shared,
  method: 'DELETE',
  path: `${base}/{streamId}/members/{userId}`,
  summary: 'Take somebody out of a stream',
  params: ofMember,
  answers: { 204: undefined },
});

export const markRead = defineRoute({
  ...shared,
  method: 'POST',
  path: `${base}/{streamId}/read`,
  summary: 'Move the own read pointer forward, to the end unless told',
  params: ofStream,
  body: MarkRead,
  answers: { 200: ReadState },
});

export const markUnread = defineRoute({
  ...shared,
  method: 'POST',
  path: `${base}/{streamId}/unread`,
  summary: 'Make an event, and all behind it, unread again',
  params: ofStream,
  body: MarkUnread,
  answers: { 200: ReadState },
});
