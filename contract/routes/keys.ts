import * as z from 'zod';
import { ApiKey, CreateKey, ListKeys, NewApiKey, RotateKey } from '../api-key.ts';
import { ApiKeyId, WorkspaceId } from '../ids.ts';
import { defineRoute, pageOf } from '../route.ts';

const inWorkspace = z.strictObject({ workspaceId: WorkspaceId });
const ofKey = z.strictObject({ workspaceId: WorkspaceId, keyId: ApiKeyId });
const shared = { auth: 'userOrApiKey', scope: 'keys', tag: 'workspaces' } as const;
const path = '/v1/workspaces/{workspaceId}/keys';

export const listKeys = defineRoute({
  ...shared,
  method: 'GET',
  path,
  summary: 'List the API keys, newest first, without their secrets (owners, and keys with the scope "keys")',
  params: inWorkspace,
  query: ListKeys,
  answers: { 200: pageOf(ApiKey).meta({ id: 'ApiKeyPage' }) },
});

export const createKey = defineRoute({
  ...shared,
  method: 'POST',
  path,
  summary: 'Create an API key; its secret is shown once. A key gives only scopes that it has',
  params: inWorkspace,
  body: CreateKey,
  answers: { 201: NewApiKey },
});

export const rotateKey = defineRoute({
  ...shared,
  method: 'POST',
  path: `${path}/{keyId}/rotate`,
  summary: 'Replace an API key by a new one with the same scopes; the old one ends after the overlap',
  params: ofKey,
  body: RotateKey,
  answers: { 201: NewApiKey },
});

export const revokeKey = defineRoute({
  ...shared,
  method: 'DELETE',
  path: `${path}/{keyId}`,
  summary: 'Revoke an API key at once; again changes nothing',
  params: ofKey,
  answers: { 204: undefined },
});
