import { api } from '../../contract/api.ts';
import type { EraseMember, SetRetention, SetStreamRetention } from '../../contract/retention.ts';
import type * as z from 'zod';
import type { Call, Query, SendOptions } from './call.ts';

const routes = api.retention;

/** Retention, erasure, export of persons and the audit log; mostly for owners. */
export function retentionClient(call: Call, workspaceId: string) {
  const params = { workspaceId };
  return {
    /** Reads after how many days messages are deleted; null keeps them. */
    read: (options: SendOptions = {}) => call(routes.readRetention, { params, ...options }),
    set: (body: z.input<typeof SetRetention>, options: SendOptions = {}) =>
      call(routes.setRetention, { params, body, repeatable: true, ...options }),
    readOf: (streamId: string, options: SendOptions = {}) =>
      call(routes.readStreamRetention, { params: { ...params, streamId }, ...options }),
    setOf: (streamId: string, body: z.input<typeof SetStreamRetention>, options: SendOptions = {}) =>
      call(routes.setStreamRetention, { params: { ...params, streamId }, body, repeatable: true, ...options }),
    /** Starts the erasure of a member; while it runs, the same erasure is answered. */
    erase: (userId: string, body: z.input<typeof EraseMember>, options: SendOptions = {}) =>
      call(routes.eraseMember, { params: { ...params, userId }, body, repeatable: true, ...options }),
    erasures: (query: Query<typeof routes.listErasures> = {}, options: SendOptions = {}) =>
      call(routes.listErasures, { params, query, ...options }),
    erasure: (jobId: string, options: SendOptions = {}) => call(routes.readErasure, { params: { ...params, jobId }, ...options }),
    /** Reads a page of what is held of a member. */
    exportMember: (userId: string, query: Query<typeof routes.exportMember> = {}, options: SendOptions = {}) =>
      call(routes.exportMember, { params: { ...params, userId }, query, ...options }),
    /** Lists the audit log, newest first. */
    audit: (query: Query<typeof api.workspaces.listAudit> = {}, options: SendOptions = {}) =>
      call(api.workspaces.listAudit, { params, query, ...options }),
  };
}
