import type * as z from 'zod';
import { api } from '../../contract/api.ts';
import type { SaveDraft } from '../../contract/draft.ts';
import type { EditingState } from '../../contract/kit.ts';
import type { Call, Query, SendOptions } from './call.ts';

/** The surfaces of the React kit, in the workspace of the token. `cid`: a stream id, or a type and a slug (`channel:general`). */
export const kitClient = (call: Call) => ({
  wsAuth: (options: SendOptions = {}) => call(api.kit.readWsAuth, options),
  connectionId: (options: SendOptions = {}) => call(api.kit.readConnectionId, options),
  /** Tells the others in a room where one types, at most once a second. */
  tellEditingState: (body: EditingState, options: SendOptions = {}) => call(api.kit.tellEditingState, { body, ...options }),
  messages: (cid: string, query: Query<typeof api.kit.listKitMessages> = {}, options: SendOptions = {}) =>
    call(api.kit.listKitMessages, { params: { cid }, query, ...options }),
  members: (cid: string, query: Query<typeof api.kit.listKitMembers> = {}, options: SendOptions = {}) =>
    call(api.kit.listKitMembers, { params: { cid }, query, ...options }),
  draft: (cid: string, options: SendOptions = {}) => call(api.kit.readDraft, { params: { cid }, ...options }),
  /** Saves the draft over `revision`; rejects with `draft_conflict`, whose problem has both drafts, if the stored one is another. */
  saveDraft: (cid: string, body: z.input<typeof SaveDraft>, options: SendOptions = {}) =>
    call(api.kit.saveDraft, { params: { cid }, body, ...options }),
  postDraft: (cid: string, body: z.input<typeof SaveDraft>, options: SendOptions = {}) =>
    call(api.kit.postDraft, { params: { cid }, body, ...options }),
  deleteDraft: (cid: string, query: Query<typeof api.kit.deleteDraft> = {}, options: SendOptions = {}) =>
    call(api.kit.deleteDraft, { params: { cid }, query, ...options }),
  config: (cid: string, options: SendOptions = {}) => call(api.kit.readKitConfig, { params: { cid }, ...options }),
});
