import * as z from 'zod';
import { pageQuery } from './route.ts';

/**
 * Actions of the audit log: changes of membership, roles, visibility, credentials, retention and stored data that somebody may have to
 * answer for. A name is the subject, then what happened to it.
 */
export const auditActions = [
  'workspace.created',
  'member.added',
  'member.role_changed',
  'member.removed',
  'member.restored',
  'member.signed_out',
  'member.exported',
  'member.erased',
  'stream.member_added',
  'stream.member_role_changed',
  'stream.member_removed',
  'stream.visibility_changed',
  'stream.promoted',
  'stream.recovered',
  'stream.retention_changed',
  'event.purged',
  'key.created',
  'key.rotated',
  'key.revoked',
  'workspace.retention_changed',
  'workspace.exported',
  'workspace.imported',
] as const;
export const AuditAction = z.enum(auditActions).meta({ id: 'AuditAction' });
export type AuditAction = z.infer<typeof AuditAction>;

/** Kinds of subjects of the audit log. */
export const AuditSubject = z.enum(['workspace', 'member', 'stream', 'event', 'key', 'job']);
export type AuditSubject = z.infer<typeof AuditSubject>;

/** An entry of the audit log. `actor` is a user's id, `key:` with the id of an API key, or `system`. */
export const AuditEntry = z
  .object({
    id: z.string(),
    at: z.iso.datetime(),
    action: z.string().describe('One of the known actions, or one of a later version'),
    actor: z.string(),
    subject: z.object({ kind: AuditSubject, id: z.string() }),
    details: z.record(z.string(), z.unknown()).describe('Ids, roles and settings from before and after; never text that people wrote'),
  })
  .meta({ id: 'AuditEntry' });
export type AuditEntry = z.infer<typeof AuditEntry>;

export const ListAudit = z.strictObject({ action: AuditAction.optional(), ...pageQuery });
export type ListAudit = z.infer<typeof ListAudit>;
