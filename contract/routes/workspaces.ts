import * as z from 'zod';
import { AuditEntry, ListAudit } from '../audit.ts';
import { UserId, WorkspaceId } from '../ids.ts';
import { defineRoute, pageOf, pageQuery } from '../route.ts';
import { CreateProvider, ListMembers, Provider, UpdateMember, User, Workspace } from '../workspace.ts';

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
  scope: 'providers',
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
  scope: 'providers',
  tag: 'workspaces',
  summary: 'List the providers, by name (not for guests)',
  params: inWorkspace,
  query: z.strictObject(pageQuery),
  answers: { 200: pageOf(Provider).meta({ id: 'ProviderPage' }) },
});

const ofMember = z.strictObject({ workspaceId: WorkspaceId, userId: UserId });

export const listMembers = defineRoute({
  method: 'GET',
  path: '/v1/workspaces/{workspaceId}/members',
  auth: 'userOrApiKey',
  scope: 'members',
  tag: 'workspaces',
  summary: 'List the members of the workspace by name; a guest sees those they share a stream with',
  params: inWorkspace,
  query: ListMembers,
  answers: { 200: pageOf(User).meta({ id: 'UserPage' }) },
});

export const updateMember = defineRoute({
  method: 'PATCH',
  path: '/v1/workspaces/{workspaceId}/members/{userId}',
  auth: 'userOrApiKey',
  scope: 'members',
  tag: 'workspaces',
  summary: "Change a member's role (owners, admins and API keys; only owners make owners)",
  params: ofMember,
  body: UpdateMember,
  answers: { 200: User },
});

export const signOutMember = defineRoute({
  method: 'POST',
  path: '/v1/workspaces/{workspaceId}/members/{userId}/signout',
  auth: 'userOrApiKey',
  scope: 'members',
  tag: 'workspaces',
  summary: 'End all tokens and sockets of a member, on every device (oneself; owners, admins and API keys)',
  params: ofMember,
  answers: { 204: undefined },
});

export const removeMember = defineRoute({
  method: 'DELETE',
  path: '/v1/workspaces/{workspaceId}/members/{userId}',
  auth: 'userOrApiKey',
  scope: 'members',
  tag: 'workspaces',
  summary: 'Remove a member from the workspace: they see nothing of it any more, what they wrote stays',
  params: ofMember,
  answers: { 204: undefined },
});

export const listAudit = defineRoute({
  method: 'GET',
  path: '/v1/workspaces/{workspaceId}/audit',
  auth: 'userOrApiKey',
  scope: 'members',
  tag: 'workspaces',
  summary: 'List who changed what in membership, roles, visibility, keys, retention and stored data, newest first (owners and API keys)',
  params: inWorkspace,
  query: ListAudit,
  answers: { 200: pageOf(AuditEntry).meta({ id: 'AuditPage' }) },
});
