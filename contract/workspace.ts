import * as z from 'zod';
import { ProviderId, UserId, WorkspaceId } from './ids.ts';
import { queryInteger } from './query.ts';
import { nameOf, storable } from './text.ts';

/** Roles of a workspace, most rights first. Guests see only the streams they were added to. */
export const WorkspaceRole = z.enum(['owner', 'admin', 'member', 'guest']).meta({ id: 'WorkspaceRole' });
export type WorkspaceRole = z.infer<typeof WorkspaceRole>;

export const Workspace = z.object({ id: WorkspaceId, name: z.string(), createdAt: z.iso.datetime() }).meta({ id: 'Workspace' });
export type Workspace = z.infer<typeof Workspace>;

export const User = z
  .object({
    id: UserId,
    name: z.string(),
    email: z.string().nullable(),
    role: WorkspaceRole,
    createdAt: z.iso.datetime(),
  })
  .meta({ id: 'User' });
export type User = z.infer<typeof User>;

/** A provider: a named source of events. */
export const ProviderKind = z.enum(['web', 'webhook', 'assistant']).meta({ id: 'ProviderKind' });
export const Provider = z
  .object({
    id: ProviderId,
    workspaceId: WorkspaceId,
    kind: ProviderKind,
    name: z.string(),
    createdAt: z.iso.datetime(),
  })
  .meta({ id: 'Provider' });
export type Provider = z.infer<typeof Provider>;

export const CreateProvider = z.strictObject({ kind: ProviderKind, name: nameOf(80) }).meta({ id: 'CreateProvider' });
export type CreateProvider = z.infer<typeof CreateProvider>;

/** The body of `POST /v1/tokens`, which creates or updates the user and makes a token for them. */
export const CreateToken = z
  .strictObject({
    userId: UserId,
    name: nameOf(80).optional(),
    email: z.email().max(254).optional(),
    role: WorkspaceRole.optional(),
    restore: z.boolean().optional().describe('Makes a removed user a member again: of no stream, as a member unless a role is given'),
    expiresInSeconds: z.int().min(1).max(2_592_000).default(86_400).describe('At most 30 days; a day unless told'),
  })
  .meta({ id: 'CreateToken' });
export type CreateToken = z.infer<typeof CreateToken>;

export const UserToken = z.object({ token: z.string(), expiresAt: z.iso.datetime(), user: User }).meta({ id: 'UserToken' });
export type UserToken = z.infer<typeof UserToken>;

/** A query for members, by name. `q` finds a part of a name or an id. */
export const ListMembers = z.strictObject({
  q: storable.trim().max(80).optional(),
  role: WorkspaceRole.optional(),
  limit: queryInteger({ min: 1, max: 200 }).default(50).meta({ default: 50 }),
  cursor: z.string().max(512).optional(),
});
export type ListMembers = z.infer<typeof ListMembers>;

export const UpdateMember = z.strictObject({ role: WorkspaceRole }).meta({ id: 'UpdateMember' });
