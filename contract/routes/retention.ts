import * as z from 'zod';
import { JobId, StreamId, UserId, WorkspaceId } from '../ids.ts';
import { EraseMember, Erasure, PersonRecord, Retention, SetRetention, SetStreamRetention, StreamRetention } from '../retention.ts';
import { defineRoute, pageOf, pageQuery } from '../route.ts';

const inWorkspace = z.strictObject({ workspaceId: WorkspaceId });
const ofMember = z.strictObject({ workspaceId: WorkspaceId, userId: UserId });
const shared = { auth: 'userOrApiKey', scope: 'members', tag: 'retention' } as const;

export const eraseMember = defineRoute({
  ...shared,
  method: 'POST',
  path: '/v1/workspaces/{workspaceId}/members/{userId}/erasure',
  summary: 'Erase a member, present or former, from the workspace (owners and API keys); while it runs, the same erasure answers 200',
  params: ofMember,
  body: EraseMember,
  answers: { 202: Erasure, 200: Erasure },
});

export const listErasures = defineRoute({
  ...shared,
  method: 'GET',
  path: '/v1/workspaces/{workspaceId}/erasures',
  summary: 'List erasures with their progress, the newest first (owners and API keys)',
  params: inWorkspace,
  query: z.strictObject(pageQuery),
  answers: { 200: pageOf(Erasure).meta({ id: 'ErasurePage' }) },
});

export const readErasure = defineRoute({
  ...shared,
  method: 'GET',
  path: '/v1/workspaces/{workspaceId}/erasures/{jobId}',
  summary: 'Read the progress and the report of an erasure (owners and API keys)',
  params: z.strictObject({ workspaceId: WorkspaceId, jobId: JobId }),
  answers: { 200: Erasure },
});

export const readRetention = defineRoute({
  ...shared,
  method: 'GET',
  path: '/v1/workspaces/{workspaceId}/retention',
  summary: 'Read after how many days messages of the workspace are deleted',
  params: inWorkspace,
  answers: { 200: Retention },
});

export const setRetention = defineRoute({
  ...shared,
  method: 'PUT',
  path: '/v1/workspaces/{workspaceId}/retention',
  summary: 'Set after how many days messages of the workspace are deleted (owners and API keys)',
  params: inWorkspace,
  body: SetRetention,
  answers: { 200: Retention },
});

const ofStream = z.strictObject({ workspaceId: WorkspaceId, streamId: StreamId });
const stream = '/v1/workspaces/{workspaceId}/streams/{streamId}';

export const readStreamRetention = defineRoute({
  auth: 'user',
  tag: 'retention',
  method: 'GET',
  path: `${stream}/retention`,
  summary: 'Read after how many days messages of a stream are deleted',
  params: ofStream,
  answers: { 200: StreamRetention },
});

export const setStreamRetention = defineRoute({
  auth: 'user',
  tag: 'retention',
  method: 'PUT',
  path: `${stream}/retention`,
  summary: 'Set the own retention of a stream, which comes before that of the workspace (owners of the workspace)',
  params: ofStream,
  body: SetStreamRetention,
  answers: { 200: StreamRetention },
});

export const exportMember = defineRoute({
  ...shared,
  method: 'GET',
  path: '/v1/workspaces/{workspaceId}/members/{userId}/export',
  summary: 'Read what the workspace holds of a member, present or former, page by page (owners and API keys)',
  params: ofMember,
  query: z.strictObject(pageQuery),
  answers: { 200: pageOf(PersonRecord).meta({ id: 'PersonPage' }) },
});
