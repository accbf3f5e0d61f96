import { byeCodes } from '../../../contract/close-codes.ts';
import { room } from '../../../contract/frames.ts';
import { newId, UserId } from '../../../contract/ids.ts';
import { erasedName } from '../../../contract/retention.ts';
import type { EraseMember, Erasure } from '../../../contract/retention.ts';
import type { User } from '../../../contract/workspace.ts';
import type { App } from '../../platform/app.ts';
import { recordAudit } from '../../platform/audit.ts';
import type { ApiKeyCaller, UserCaller } from '../../platform/authenticate.ts';
import { AppError } from '../../platform/errors.ts';
import { nudge } from '../../platform/nudge.ts';
import { withAccessChange } from '../../platform/outbox.ts';
import type { AccessApp, AccessTransaction } from '../../platform/outbox.ts';
import { accessOwner } from '../access-owner.ts';
import { findErasureOf, insertErasure } from './erasure-store.ts';
import { countOtherOwners, takeRevision } from '../../workspaces/member-store.ts';
import { lockPerson, replaceProfile } from './person-store.ts';
import type { Person } from './person-store.ts';

type EraseApp = AccessApp & Pick<App, 'retentionQueueUrl'>;
type Manager = UserCaller | ApiKeyCaller;

/**
 * Starts the erasure of a member, present or former, or returns the one that runs. The member is signed out and without a profile when
 * this returns; a job does the rest. Fails for the last owner.
 */
export async function eraseMember(
  app: EraseApp,
  caller: Manager,
  input: EraseMember & { userId: string },
): Promise<{ erasure: Erasure; isNew: boolean }> {
  const started = await withAccessChange(app, caller, async (tx) => {
    await accessOwner(tx, caller);
    const running = await findErasureOf(tx, input.userId);
    if (running) return { erasure: running, isNew: false };
    const person = await lockPerson(tx, input.userId);
    if (!person) throw new AppError('not_found', 'There is no such member in the workspace.');
    if (person.role === 'owner' && person.isPresent && (await countOtherOwners(tx, input.userId)) === 0)
      throw new AppError('last_owner', 'Make somebody else an owner of the workspace first.');
    return { erasure: await start(app, tx, caller, person, input), isNew: true };
  });
  const { workspaceId } = caller;
  await nudge(app, 'retention', { kind: 'job', workspaceId, jobId: started.erasure.id }).catch((error: unknown) => {
    app.log.warn('An erasure waits for the sweep', { jobId: started.erasure.id, error: error as Error });
  });
  return started;
}

async function start(
  app: EraseApp,
  tx: AccessTransaction,
  caller: Manager,
  person: Person,
  { userId, messages }: EraseMember & { userId: string },
): Promise<Erasure> {
  const now = app.clock.now();
  const replacement = `erased_${crypto.randomUUID().replaceAll('-', '')}`;
  const { rev, gen } = await takeRevision(tx);
  await replaceProfile(tx, { userId, replacement, name: erasedName, at: now });
  const { role, createdAt } = person;
  const shown = { id: userId, name: erasedName, email: null, role, createdAt: createdAt.toISOString() } as User;
  tx.enqueue(room.workspace(tx.workspaceId), gen, {
    seq: rev,
    type: 'member:updated',
    at: now.toISOString(),
    actor: caller.kind === 'user' ? UserId.parse(caller.userId) : null,
    data: { ...shown, removedAt: now.toISOString() },
  });
  tx.closeConnections(userId, byeCodes.revoked, 'erased');
  const id = newId('job', now.getTime());
  const input = { userId, replacement, messages };
  const erasure = await insertErasure(tx, { id, input, now });
  recordAudit(tx, caller, { action: 'member.erased', subject: { kind: 'member', id: userId }, details: { jobId: id, messages }, at: now });
  return erasure;
}
