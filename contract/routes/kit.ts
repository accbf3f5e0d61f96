import * as z from 'zod';
import { Draft, DraftSummary, SaveDraft } from '../draft.ts';
import { WorkspaceId } from '../ids.ts';
import { ListPresence, PresenceList } from '../presence.ts';
import { PushSubscriptionId } from '../ids.ts';
import { PushSubscriptions, RegisteredSubscription, RegisterSubscription } from '../push.ts';
import { queryInteger } from '../query.ts';
import {
  ConnectionId,
  EditingState,
  EditingTold,
  KitConfig,
  KitMembers,
  KitMessages,
  ListKitMembers,
  ListKitMessages,
  WsAuth,
} from '../kit.ts';
import { defineRoute, pageOf, pageQuery } from '../route.ts';

/** Surfaces of the React kit: documented with a trailing slash, served without it as well. The workspace is that of the token. */
const surface = { slash: true, auth: 'user', tag: 'kit' } as const;
/** A name that is none is refused like a room that the caller cannot read. */
const inRoom = z.strictObject({ cid: z.string().meta({ example: 'channel:general', description: 'A stream id, or a type and a slug' }) });

export const readWsAuth = defineRoute({
  ...surface,
  method: 'GET',
  path: '/api/ws-auth',
  wrongToken: 'forbidden',
  summary: 'Get a signed address that opens one socket',
  answers: { 200: WsAuth },
});

export const readConnectionId = defineRoute({
  ...surface,
  method: 'GET',
  path: '/api/connection-id',
  summary: "Get the id of the caller's session, and stay present",
  answers: { 200: ConnectionId },
});

export const tellEditingState = defineRoute({
  ...surface,
  method: 'POST',
  path: '/api/editing-audit-state',
  summary: 'Tell the others in a room where one types',
  body: EditingState,
  answers: { 202: EditingTold },
});

export const readKitConfig = defineRoute({
  ...surface,
  method: 'GET',
  path: '/rooms/{cid}/config',
  summary: 'Read a room: its name, and what the caller may do there',
  params: inRoom,
  answers: { 200: KitConfig },
});

export const listKitMessages = defineRoute({
  ...surface,
  method: 'GET',
  path: '/rooms/{cid}/messages',
  summary: 'List the messages of a room, oldest first',
  params: inRoom,
  query: ListKitMessages,
  answers: { 200: KitMessages },
});

export const listKitMembers = defineRoute({
  ...surface,
  method: 'GET',
  path: '/rooms/{cid}/members',
  summary: 'List the members of a room',
  params: inRoom,
  query: ListKitMembers,
  answers: { 200: KitMembers },
});

const ofDraft = { ...surface, path: '/api/rooms/{cid}/draft', params: inRoom } as const;
const saving = { ...ofDraft, summary: "Save the caller's draft in a room", body: SaveDraft, answers: { 200: Draft } } as const;

export const readDraft = defineRoute({
  ...ofDraft,
  method: 'GET',
  summary: "Read the caller's draft in a room",
  answers: { 200: Draft },
});

export const saveDraft = defineRoute({ ...saving, method: 'PUT' });
export const postDraft = defineRoute({ ...saving, method: 'POST' });

export const deleteDraft = defineRoute({
  ...ofDraft,
  method: 'DELETE',
  summary: "Delete the caller's draft in a room",
  query: z.strictObject({ revision: queryInteger({ min: 0 }).optional() }),
  answers: { 204: undefined },
});

export const listDrafts = defineRoute({
  method: 'GET',
  path: '/v1/workspaces/{workspaceId}/drafts',
  auth: 'user',
  tag: 'kit',
  summary: "List the caller's drafts",
  params: z.strictObject({ workspaceId: WorkspaceId }),
  query: z.strictObject({ ...pageQuery }),
  answers: { 200: pageOf(DraftSummary).meta({ id: 'DraftPage' }) },
});

export const listPresence = defineRoute({
  method: 'GET',
  path: '/v1/workspaces/{workspaceId}/presence',
  auth: 'user',
  tag: 'kit',
  summary: 'Read who is there: some members, or those of a stream',
  params: z.strictObject({ workspaceId: WorkspaceId }),
  query: ListPresence,
  answers: { 200: PresenceList },
});

const subscriptions = { ...surface, path: '/api/register-subscriptions' } as const;

export const registerSubscription = defineRoute({
  ...subscriptions,
  method: 'POST',
  summary: 'Have notifications sent to a device of the caller',
  body: RegisterSubscription,
  answers: { 201: RegisteredSubscription },
});

export const listSubscriptions = defineRoute({
  ...subscriptions,
  method: 'GET',
  summary: "Get the server's public key, and the caller's devices",
  answers: { 200: PushSubscriptions },
});

export const deleteSubscription = defineRoute({
  ...subscriptions,
  method: 'DELETE',
  path: '/api/register-subscriptions/{subscriptionId}',
  summary: 'Stop notifications to a device of the caller',
  params: z.strictObject({ subscriptionId: PushSubscriptionId }),
  answers: { 204: undefined },
});
