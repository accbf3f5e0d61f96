import * as z from 'zod';
import {
  BarrierSet,
  CorrectedEpochs,
  Epoch,
  EpochPage,
  EpochWithEvents,
  ListRelated,
  MemoryHits,
  MemoryJob,
  MemoryQuery,
  MemorySettings,
  MemoryStatus,
  RelatedList,
  SetBarrier,
  SplitEpoch,
  UpdateEpoch,
  UpdateMemorySettings,
} from '../epoch.ts';
import { EpochId, StreamId, WorkspaceId } from '../ids.ts';
import { queryInteger } from '../query.ts';
import { defineRoute, pageQuery } from '../route.ts';

const inWorkspace = z.strictObject({ workspaceId: WorkspaceId });
const ofStream = z.strictObject({ workspaceId: WorkspaceId, streamId: StreamId });
const ofEpoch = z.strictObject({ workspaceId: WorkspaceId, epochId: EpochId });
const ofLink = z.strictObject({ workspaceId: WorkspaceId, epochId: EpochId, targetId: EpochId });
const workspace = '/v1/workspaces/{workspaceId}';
const stream = `${workspace}/streams/{streamId}`;
const epoch = `${workspace}/epochs/{epochId}`;
const shared = { auth: 'user', tag: 'epochs' } as const;

export const listEpochs = defineRoute({
  ...shared,
  method: 'GET',
  path: `${stream}/epochs`,
  summary: 'List the epochs of a stream, newest first',
  params: ofStream,
  query: z.strictObject(pageQuery),
  answers: { 200: EpochPage },
});

export const setBarrier = defineRoute({
  ...shared,
  method: 'POST',
  path: `${stream}/barrier`,
  summary: 'Close the epoch here: what follows is about something else. Twice at the same place changes nothing',
  params: ofStream,
  body: SetBarrier,
  answers: { 202: BarrierSet },
});

export const readMemorySettings = defineRoute({
  ...shared,
  method: 'GET',
  path: `${stream}/memory`,
  summary: 'Read how a stream is cut into epochs',
  params: ofStream,
  answers: { 200: MemorySettings },
});

export const updateMemorySettings = defineRoute({
  ...shared,
  method: 'PATCH',
  path: `${stream}/memory`,
  summary: 'Change how a stream is cut into epochs from here on',
  params: ofStream,
  body: UpdateMemorySettings,
  answers: { 200: MemorySettings },
});

export const listRelated = defineRoute({
  ...shared,
  method: 'GET',
  path: `${stream}/related`,
  summary: 'List what the newest epoch of a stream, or a text that is being written in it, is related to, as far as the caller may see it',
  params: ofStream,
  query: ListRelated,
  answers: { 200: RelatedList },
});

export const readEpoch = defineRoute({
  ...shared,
  method: 'GET',
  path: epoch,
  summary: 'Read an epoch with what was said in it',
  params: ofEpoch,
  query: z.strictObject({
    after: queryInteger({ min: 0 }).optional().describe('Only events behind this position'),
    limit: queryInteger({ min: 1, max: 200 }).default(50).meta({ default: 50 }),
  }),
  answers: { 200: EpochWithEvents },
});

export const updateEpoch = defineRoute({
  ...shared,
  method: 'PATCH',
  path: epoch,
  summary: 'Give an epoch a label, or the label back to memory',
  params: ofEpoch,
  body: UpdateEpoch,
  headers: ['if-match'],
  answers: { 200: Epoch },
});

export const mergeEpoch = defineRoute({
  ...shared,
  method: 'POST',
  path: `${epoch}/merge`,
  summary: 'Merge an epoch into the one before it',
  params: ofEpoch,
  headers: ['if-match'],
  answers: { 200: CorrectedEpochs },
});

export const splitEpoch = defineRoute({
  ...shared,
  method: 'POST',
  path: `${epoch}/split`,
  summary: 'Split an epoch at an event, which becomes the first of the second part',
  params: ofEpoch,
  body: SplitEpoch,
  headers: ['if-match'],
  answers: { 200: CorrectedEpochs },
});

export const listEpochRelated = defineRoute({
  ...shared,
  method: 'GET',
  path: `${epoch}/related`,
  summary: 'List what an epoch is related to, as far as the caller may see it',
  params: ofEpoch,
  query: ListRelated.omit({ text: true }),
  answers: { 200: RelatedList },
});

export const rejectLink = defineRoute({
  ...shared,
  method: 'DELETE',
  path: `${epoch}/related/{targetId}`,
  summary: 'Say that two epochs are not related: the link is shown no more, and counts less for the whole workspace',
  params: ofLink,
  answers: { 204: undefined },
});

export const restoreLink = defineRoute({
  ...shared,
  method: 'PUT',
  path: `${epoch}/related/{targetId}`,
  summary: 'Take back that two epochs are not related',
  params: ofLink,
  answers: { 204: undefined },
});

export const searchMemory = defineRoute({
  ...shared,
  method: 'GET',
  path: `${workspace}/memory/search`,
  summary: 'Find epochs by words, by meaning, or by both, best first, among those that the caller may see',
  params: inWorkspace,
  query: MemoryQuery,
  answers: { 200: MemoryHits },
});

export const readMemory = defineRoute({
  ...shared,
  auth: 'userOrApiKey',
  scope: 'memory',
  method: 'GET',
  path: `${workspace}/memory`,
  summary: 'Read how far memory is, what it stands on, and the progress of long work on it',
  params: inWorkspace,
  answers: { 200: MemoryStatus },
});

export const reindexMemory = defineRoute({
  ...shared,
  auth: 'apiKey',
  scope: 'memory',
  method: 'POST',
  path: `${workspace}/memory/reindex`,
  summary: 'Build the index anew from the database; while one runs, that one is answered',
  params: inWorkspace,
  answers: { 202: MemoryJob, 200: MemoryJob },
});
