import * as z from 'zod';
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
import { defineRoute } from '../route.ts';

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
