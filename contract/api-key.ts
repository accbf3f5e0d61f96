import * as z from 'zod';
import { ApiKeyId } from './ids.ts';
import { queryInteger } from './query.ts';
import { nameOf } from './text.ts';

/**
 * Rights of an API key. `tokens`: mint tokens for users, who are added as members or guests; `members`: change roles, remove, restore and
 * sign out members, and mint tokens for owners and admins; `providers`: list and create providers; `transfer`: export and import the
 * workspace; `memory`: read and rebuild memory; `keys`: list, create, rotate and revoke API keys.
 */
export const keyScopes = ['tokens', 'members', 'providers', 'transfer', 'memory', 'keys'] as const;
export const KeyScope = z.enum(keyScopes).meta({ id: 'KeyScope' });
export type KeyScope = z.infer<typeof KeyScope>;

/** An API key without its secret. */
export const ApiKey = z
  .object({
    id: ApiKeyId,
    name: z.string(),
    scopes: z.array(KeyScope),
    createdAt: z.iso.datetime(),
    createdBy: z.string().describe("A user's id, `key:` and the id of an API key, or `system`"),
    expiresAt: z.iso.datetime().nullable(),
    lastUsedAt: z.iso.datetime().nullable().describe('To the hour'),
    revokedAt: z.iso.datetime().nullable(),
    rotatedFrom: ApiKeyId.nullable().describe('The key that this one replaces'),
  })
  .meta({ id: 'ApiKey' });
export type ApiKey = z.infer<typeof ApiKey>;

/** A new key with its secret, which is shown once. */
export const NewApiKey = z
  .object({ key: ApiKey, secret: z.string().describe('The whole key, as a request sends it') })
  .meta({ id: 'NewApiKey' });
export type NewApiKey = z.infer<typeof NewApiKey>;

export const CreateKey = z
  .strictObject({
    name: nameOf(80),
    scopes: z.array(KeyScope).min(1).max(keyScopes.length),
    expiresInDays: z.int().min(1).max(3_650).optional().describe('Without it, the key has no end'),
  })
  .meta({ id: 'CreateKey' });
export type CreateKey = z.infer<typeof CreateKey>;

/** Most seconds that a replaced key goes on working. */
export const maxOverlapSeconds = 2_592_000;
export const RotateKey = z
  .strictObject({ overlapSeconds: z.int().min(0).max(maxOverlapSeconds).default(0).describe('How long the old key goes on working') })
  .meta({ id: 'RotateKey' });

/** A query for keys, newest first. */
export const ListKeys = z.strictObject({
  limit: queryInteger({ min: 1, max: 200 }).default(50).meta({ default: 50 }),
  cursor: z.string().max(512).optional(),
});
