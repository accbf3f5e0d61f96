import * as keys from '../../contract/routes/keys.ts';
import * as routes from '../../contract/routes/workspaces.ts';
import type { App } from '../platform/app.ts';
import { ok, on } from '../platform/http-handler.ts';
import type { Served } from '../platform/http-handler.ts';
import { createKey } from './create-key.ts';
import { createProvider } from './create-provider.ts';
import { listAudit } from './list-audit.ts';
import { listKeys } from './list-keys.ts';
import { listMembers } from './list-members.ts';
import { listProviders } from './list-providers.ts';
import { readWorkspace } from './read-workspace.ts';
import { revokeKey, rotateKey } from './rotate-key.ts';
import { signOutMember } from './sign-out-member.ts';
import { removeMember, updateMember } from './update-member.ts';

/** Routes of a workspace, its members, its providers and its API keys. */
export const workspaceTable = (
  app: Pick<App, 'db' | 'subscriptions' | 'queues' | 'fanOutQueueUrl' | 'clock' | 'log' | 'metrics'>,
): Served[] => [
  on(routes.readWorkspace, async (_input, caller) => ok(await readWorkspace(app, caller))),
  on(routes.createProvider, async (input, caller) => ok(await createProvider(app, caller, input), { status: 201 })),
  on(routes.listProviders, async (input, caller) => ok(await listProviders(app, caller, input))),
  on(routes.listMembers, async (input, caller) => ok(await listMembers(app, caller, input))),
  on(routes.updateMember, async (input, caller) => ok(await updateMember(app, caller, input))),
  on(routes.signOutMember, async (input, caller) => signOutMember(app, caller, input).then(() => ({ status: 204 }))),
  on(routes.listAudit, async (input, caller) => ok(await listAudit(app, caller, input))),
  on(routes.removeMember, async (input, caller) => removeMember(app, caller, input).then(() => ({ status: 204 }))),
  on(keys.listKeys, async (input, caller) => ok(await listKeys(app, caller, input))),
  on(keys.createKey, async (input, caller) => ok(await createKey(app, caller, input), { status: 201 })),
  on(keys.rotateKey, async (input, caller) => ok(await rotateKey(app, caller, input), { status: 201 })),
  on(keys.revokeKey, async (input, caller) => revokeKey(app, caller, input).then(() => ({ status: 204 }))),
];
