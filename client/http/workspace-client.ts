import { api } from '../../contract/api.ts';
import type { CreateKey, RotateKey } from '../../contract/api-key.ts';
import type { MarkNotificationsRead } from '../../contract/notification.ts';
import type { NotificationDefaults, NotificationSettings } from '../../contract/notification-settings.ts';
import type { CreateProvider, UpdateMember } from '../../contract/workspace.ts';
import type * as z from 'zod';
import type { Call, Query, SendOptions } from './call.ts';
import type { Clock } from '../clock.ts';
import { eventsClient } from './events-client.ts';
import { filesClient } from './files-client.ts';
import { kitClient } from './kit-client.ts';
import { memoryClient } from './memory-client.ts';
import { retentionClient } from './retention-client.ts';
import { streamsClient } from './streams-client.ts';
import type { UploadContent } from './upload.ts';

/** One workspace. */
export type WorkspaceClient = ReturnType<typeof workspaceClient>;

export interface WorkspaceClientOptions {
  readonly call: Call;
  readonly workspaceId: string;
  readonly clock: Clock;
  readonly uploadContent: UploadContent;
}

export function workspaceClient({ call, workspaceId, clock, uploadContent }: WorkspaceClientOptions) {
  const params = { workspaceId };
  return {
    read: (options: SendOptions = {}) => call(api.workspaces.readWorkspace, { params, ...options }),
    /** Reads all that an app needs to draw itself, as of one moment, with the rooms to follow from there. */
    bootstrap: (options: SendOptions = {}) => call(api.streams.bootstrap, { params, ...options }),
    streams: streamsClient(call, workspaceId),
    events: (streamId: string) => eventsClient(call, workspaceId, streamId, clock),
    files: filesClient(call, workspaceId, uploadContent),
    memory: memoryClient(call, workspaceId),
    retention: retentionClient(call, workspaceId),
    kit: kitClient(call),
    /** Reads who is there: some members, or those of a stream. */
    presence: (query: Query<typeof api.kit.listPresence>, options: SendOptions = {}) =>
      call(api.kit.listPresence, { params, query, ...options }),
    /** Lists the caller's drafts; they are saved by `kit.saveDraft`. */
    drafts: (query: Query<typeof api.kit.listDrafts> = {}, options: SendOptions = {}) =>
      call(api.kit.listDrafts, { params, query, ...options }),
    /** Searches the messages that the caller may see, best match first. */
    search: (query: Query<typeof api.streams.searchEvents> & { readonly q: string }, options: SendOptions = {}) =>
      call(api.streams.searchEvents, { params, query, ...options }),
    notifications: {
      list: (query: Query<typeof api.notifications.listNotifications> = {}, options: SendOptions = {}) =>
        call(api.notifications.listNotifications, { params, query, ...options }),
      /** Marks single notifications as read, or all up to one. */
      markRead: (body: z.input<typeof MarkNotificationsRead>, options: SendOptions = {}) =>
        call(api.notifications.markNotificationsRead, { params, body, repeatable: true, ...options }),
      readSettings: (options: SendOptions = {}) => call(api.notifications.readNotificationSettings, { params, ...options }),
      putSettings: (body: NotificationSettings, options: SendOptions = {}) =>
        call(api.notifications.putNotificationSettings, { params, body, repeatable: true, ...options }),
      /** Settings for members who have set nothing. */
      readDefaults: (options: SendOptions = {}) => call(api.notifications.readNotificationDefaults, { params, ...options }),
      putDefaults: (body: NotificationDefaults, options: SendOptions = {}) =>
        call(api.notifications.putNotificationDefaults, { params, body, repeatable: true, ...options }),
    },
    members: {
      list: (query: Query<typeof api.workspaces.listMembers> = {}, options: SendOptions = {}) =>
        call(api.workspaces.listMembers, { params, query, ...options }),
      update: (userId: string, body: z.input<typeof UpdateMember>, options: SendOptions = {}) =>
        call(api.workspaces.updateMember, { params: { ...params, userId }, body, ...options }),
      remove: (userId: string, options: SendOptions = {}) =>
        call(api.workspaces.removeMember, { params: { ...params, userId }, ...options }),
      /** Ends all tokens and sockets of a member, the caller's own included. */
      signOut: (userId: string, options: SendOptions = {}) =>
        call(api.workspaces.signOutMember, { params: { ...params, userId }, ...options }),
    },
    providers: {
      list: (query: Query<typeof api.workspaces.listProviders> = {}, options: SendOptions = {}) =>
        call(api.workspaces.listProviders, { params, query, ...options }),
      create: (body: CreateProvider, options: SendOptions = {}) => call(api.workspaces.createProvider, { params, body, ...options }),
    },
    /** API keys of the workspace, for owners. */
    keys: {
      list: (query: Query<typeof api.workspaces.listKeys> = {}, options: SendOptions = {}) =>
        call(api.workspaces.listKeys, { params, query, ...options }),
      /** Creates a key; its secret is in this answer only. */
      create: (body: z.input<typeof CreateKey>, options: SendOptions = {}) => call(api.workspaces.createKey, { params, body, ...options }),
      /** Replaces a key by a new one; the old one ends after the overlap. */
      rotate: (keyId: string, body: z.input<typeof RotateKey> = {}, options: SendOptions = {}) =>
        call(api.workspaces.rotateKey, { params: { ...params, keyId }, body, ...options }),
      revoke: (keyId: string, options: SendOptions = {}) =>
        call(api.workspaces.revokeKey, { params: { ...params, keyId }, repeatable: true, ...options }),
    },
    /** Gets a ticket that opens one socket. */
    ticket: (options: SendOptions = {}) => call(api.realtime.createTicket, options),
  };
}
