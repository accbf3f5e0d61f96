import { api } from '../../contract/api.ts';
import type { SetBarrier, SplitEpoch, UpdateEpoch, UpdateMemorySettings } from '../../contract/epoch.ts';
import type * as z from 'zod';
import { ifMatch } from './call.ts';
import type { Call, ChangeOptions, Query, SendOptions } from './call.ts';

const routes = api.epochs;

/** The memory of a workspace. */
export type MemoryClient = ReturnType<typeof memoryClient>;

export function memoryClient(call: Call, workspaceId: string) {
  const params = { workspaceId };
  const ofStream = (streamId: string) => ({ workspaceId, streamId });
  const ofEpoch = (epochId: string) => ({ workspaceId, epochId });
  const ofLink = (epochId: string, targetId: string) => ({ workspaceId, epochId, targetId });
  return {
    /** Reads how far memory has come, and its model and index. */
    read: (options: SendOptions = {}) => call(routes.readMemory, { params, ...options }),
    /** Searches the epochs that the caller may see, best match first. */
    search: (query: Query<typeof routes.searchMemory> & { readonly q: string }, options: SendOptions = {}) =>
      call(routes.searchMemory, { params, query, ...options }),
    /** Lists the epochs of a stream, newest first. */
    epochs: (streamId: string, query: Query<typeof routes.listEpochs> = {}, options: SendOptions = {}) =>
      call(routes.listEpochs, { params: ofStream(streamId), query, ...options }),
    /** Sets a barrier: the messages after it belong to a new epoch. */
    setBarrier: (streamId: string, body: z.input<typeof SetBarrier> = {}, options: SendOptions = {}) =>
      call(routes.setBarrier, { params: ofStream(streamId), body, repeatable: true, ...options }),
    readSettings: (streamId: string, options: SendOptions = {}) =>
      call(routes.readMemorySettings, { params: ofStream(streamId), ...options }),
    updateSettings: (streamId: string, body: z.input<typeof UpdateMemorySettings>, options: SendOptions = {}) =>
      call(routes.updateMemorySettings, { params: ofStream(streamId), body, repeatable: true, ...options }),
    /** Lists what the newest epoch of a stream, or a draft in it, is related to. */
    related: (streamId: string, query: Query<typeof routes.listRelated> = {}, options: SendOptions = {}) =>
      call(routes.listRelated, { params: ofStream(streamId), query, ...options }),
    /** Reads an epoch with its events. */
    epoch: (epochId: string, query: Query<typeof routes.readEpoch> = {}, options: SendOptions = {}) =>
      call(routes.readEpoch, { params: ofEpoch(epochId), query, ...options }),
    updateEpoch: (epochId: string, body: z.input<typeof UpdateEpoch>, options: ChangeOptions = {}) =>
      call(routes.updateEpoch, { params: ofEpoch(epochId), body, headers: ifMatch(options.ifMatch), signal: options.signal }),
    /** Merges an epoch into the one before it. `splitEpoch` undoes it. */
    mergeEpoch: (epochId: string, options: ChangeOptions = {}) =>
      call(routes.mergeEpoch, { params: ofEpoch(epochId), headers: ifMatch(options.ifMatch), signal: options.signal }),
    splitEpoch: (epochId: string, body: z.input<typeof SplitEpoch>, options: ChangeOptions = {}) =>
      call(routes.splitEpoch, { params: ofEpoch(epochId), body, headers: ifMatch(options.ifMatch), signal: options.signal }),
    epochRelated: (epochId: string, query: Query<typeof routes.listEpochRelated> = {}, options: SendOptions = {}) =>
      call(routes.listEpochRelated, { params: ofEpoch(epochId), query, ...options }),
    /** Marks two epochs as not related. `restoreLink` undoes it. */
    rejectLink: (epochId: string, targetId: string, options: SendOptions = {}) =>
      call(routes.rejectLink, { params: ofLink(epochId, targetId), repeatable: true, ...options }),
    restoreLink: (epochId: string, targetId: string, options: SendOptions = {}) =>
      call(routes.restoreLink, { params: ofLink(epochId, targetId), repeatable: true, ...options }),
  };
}
