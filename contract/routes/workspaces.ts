import * as z from 'zod';
import { WorkspaceId } from '../ids.ts';
import { defineRoute, pageOf, pageQuery } from '../route.ts';
import { CreateProvider, Provider, User, Workspace } from '../workspace.ts';

const inWorkspace = z.strictObject({ workspaceId: WorkspaceId });

export const readWorkspace = defineRoute({
  method: 'GET',
  path: '/v1/workspaces/{workspaceId}',
  auth: 'user',
  tag: 'workspaces',
  summary: 'Read the workspace, and who the caller is in it',
  params: inWorkspace,
  answers: { 200: z.object({ workspace: Workspace, me: User }).meta({ id: 'WorkspaceAndMe' }) },
});

export const createProvider = defineRoute({
  method: 'POST',
  path: '/v1/workspaces/{workspaceId}/providers',
  auth: 'userOrApiKey',
  tag: 'workspaces',
  summary: 'Create a provider (owners, admins and API keys)',
  params: inWorkspace,
  body: CreateProvider,
  answers: { 201: Provider },
});

export const listProviders = defineRoute({
  method: 'GET',
  path: '/v1/workspaces/{workspaceId}/providers',
  auth: 'userOrApiKey',
  tag: 'workspaces',
  summary: 'List the providers, by name (not for guests)',
  params: inWorkspace,
  query: z.strictObject(pageQuery),
  answers: { 200: pageOf(Provider).meta({ id: 'ProviderPage' }) },
});
