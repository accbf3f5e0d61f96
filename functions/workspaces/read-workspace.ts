import type { User, Workspace } from '../../contract/workspace.ts';
import type { App } from '../platform/app.ts';
import type { UserCaller } from '../platform/authenticate.ts';
import { AppError } from '../platform/errors.ts';
import { findWorkspaceAndMember } from './store.ts';

export async function readWorkspace(app: Pick<App, 'db'>, caller: UserCaller): Promise<{ workspace: Workspace; me: User }> {
  const found = await app.db.transaction(caller, (tx) => findWorkspaceAndMember(tx, caller.userId));
  if (!found) throw new AppError('not_found');
  return found;
}
