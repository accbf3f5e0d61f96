import { api } from '../../contract/api.ts';
import type { CreateStream, InviteMembers, PromoteStream, UpdateStream, UpdateStreamMember } from '../../contract/stream.ts';
import type * as z from 'zod';
import { ifMatch } from './call.ts';
import type { Call, ChangeOptions, Query, SendOptions } from './call.ts';

const routes = api.streams;

interface CreateOptions extends SendOptions {
  /** Makes the call repeatable: the same key has one effect. */
  readonly idempotencyKey?: string;
}

/** The streams of one workspace. */
export function streamsClient(call: Call, workspaceId: string) {
  const params = { workspaceId };
  const of = (streamId: string) => ({ workspaceId, streamId });
  return {
    list: (query: Query<typeof routes.listStreams> = {}, options: SendOptions = {}) =>
      call(routes.listStreams, { params, query, ...options }),
    /** Creates a stream. A DM can be created again: the same people get the same DM. */
    create: (body: z.input<typeof CreateStream>, { idempotencyKey, signal }: CreateOptions = {}) => {
      const headers: Record<string, string> = idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey };
      const repeatable = idempotencyKey !== undefined || body.streamType === 'dm';
      return call(routes.createStream, { params, body, headers, signal, repeatable });
    },
    read: (streamId: string, options: SendOptions = {}) => call(routes.readStream, { params: of(streamId), ...options }),
    update: (streamId: string, body: z.input<typeof UpdateStream>, options: ChangeOptions = {}) =>
      call(routes.updateStream, { params: of(streamId), body, headers: ifMatch(options.ifMatch), signal: options.signal }),
    /** Archives a stream. `update(streamId, {status: 'active'})` brings it back. */
    archive: (streamId: string, options: SendOptions = {}) => call(routes.archiveStream, { params: of(streamId), ...options }),
    /** Turns a thread into a channel or an incident with the same id and the same events. */
    promote: (streamId: string, body: z.input<typeof PromoteStream>, options: SendOptions = {}) =>
      call(routes.promoteStream, { params: of(streamId), body, ...options }),
    /** Lists the private streams without an owner, for owners of the workspace. */
    ownerless: (query: Query<typeof routes.listOwnerlessStreams> = {}, options: SendOptions = {}) =>
      call(routes.listOwnerlessStreams, { params, query, ...options }),
    /** Makes the caller, an owner of the workspace, the owner of a private stream that has none. */
    recover: (streamId: string, options: SendOptions = {}) => call(routes.recoverStream, { params: of(streamId), ...options }),
    join: (streamId: string, options: SendOptions = {}) => call(routes.joinStream, { params: of(streamId), repeatable: true, ...options }),
    leave: (streamId: string, options: SendOptions = {}) =>
      call(routes.leaveStream, { params: of(streamId), repeatable: true, ...options }),
    members: (streamId: string, query: Query<typeof routes.listStreamMembers> = {}, options: SendOptions = {}) =>
      call(routes.listStreamMembers, { params: of(streamId), query, ...options }),
    /** Invites members. Returns those who were added, without those who were in the stream already. */
    invite: async (streamId: string, body: z.input<typeof InviteMembers>, options: SendOptions = {}) =>
      (await call(routes.inviteMembers, { params: of(streamId), body, ...options })).added,
    updateMember: (streamId: string, userId: string, body: z.input<typeof UpdateStreamMember>, options: SendOptions = {}) =>
      call(routes.updateStreamMember, { params: { ...of(streamId), userId }, body, ...options }),
    removeMember: (streamId: string, userId: string, options: SendOptions = {}) =>
      call(routes.removeStreamMember, { params: { ...of(streamId), userId }, ...options }),
    /** Marks as read up to a position, or to the end. `markRead` of a live workspace shows it at once and sends fewer requests. */
    markRead: (streamId: string, seq?: number, options: SendOptions = {}) =>
      call(routes.markRead, { params: of(streamId), body: { seq }, repeatable: true, ...options }),
    /** Marks an event and all events behind it as unread. */
    markUnread: (streamId: string, eventId: string, options: SendOptions = {}) =>
      call(routes.markUnread, { params: of(streamId), body: { eventId }, repeatable: true, ...options }),
  };
}
