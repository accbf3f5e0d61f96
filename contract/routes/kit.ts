import * as z from 'zod';
import { Cid, KitConfig } from '../kit.ts';
import { defineRoute } from '../route.ts';

/** The surfaces of the React kit. Paths have a trailing slash, and are served without it as well; the workspace is that of the token. */
const inRoom = z.strictObject({ cid: Cid });

export const readKitConfig = defineRoute({
  method: 'GET',
  path: '/rooms/{cid}/config',
  slash: true,
  auth: 'user',
  tag: 'kit',
  summary: 'Read a room: its name, and what the caller may do there',
  params: inRoom,
  answers: { 200: KitConfig },
});
