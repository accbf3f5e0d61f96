import type * as z from 'zod';
import { api } from '../../contract/api.ts';
import type { SaveDraft } from '../../contract/draft.ts';
import type { EditingState } from '../../contract/kit.ts';
import type { RegisterSubscription } from '../../contract/push.ts';
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
  /** Lists the caller's devices, with the key that a browser subscribes with. */
  subscriptions: (options: SendOptions = {}) => call(api.kit.listSubscriptions, options),
  /** Has notifications sent to a device; repeated, it keeps its id. */
  registerSubscription: (body: z.input<typeof RegisterSubscription>, options: SendOptions = {}) =>
    call(api.kit.registerSubscription, { body, repeatable: true, ...options }),
  deleteSubscription: (subscriptionId: string, options: SendOptions = {}) =>
    call(api.kit.deleteSubscription, { params: { subscriptionId }, repeatable: true, ...options }),
  config: (cid: string, options: SendOptions = {}) => call(api.kit.readKitConfig, { params: { cid }, ...options }),
});
