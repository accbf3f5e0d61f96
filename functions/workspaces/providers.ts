import type { WorkspaceRole } from '../../contract/workspace.ts';
import type { ApiKeyCaller, UserCaller } from '../platform/authenticate.ts';
import type { Transaction } from '../platform/database.ts';
import { AppError } from '../platform/errors.ts';
import { findWorkspaceAndMember } from './store.ts';

/** The roles that may use providers; an API key may do everything. */
const allowed: Record<'list' | 'create', readonly WorkspaceRole[]> = {
  list: ['owner', 'admin', 'member'],
  create: ['owner', 'admin'],
};

/** Checks that the caller may list or create the workspace's providers. */
export async function accessProviders(tx: Transaction, caller: UserCaller | ApiKeyCaller, action: 'list' | 'create'): Promise<void> {
  if (caller.kind === 'apiKey') return;
  const found = await findWorkspaceAndMember(tx, caller.userId);
  if (!found) throw new AppError('not_found');
  if (!allowed[action].includes(found.me.role)) throw new AppError('forbidden', `Needs one of the roles: ${allowed[action].join(', ')}.`);
}
