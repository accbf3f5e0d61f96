import * as z from 'zod';
import { JobId, UserId, WorkspaceId } from '../ids.ts';
import { EraseMember, Erasure } from '../retention.ts';
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
