import type { Retention, StreamRetention } from '../../../contract/retention.ts';
import type { App } from '../../platform/app.ts';
import { recordAudit } from '../../platform/audit.ts';
import type { ApiKeyCaller, UserCaller } from '../../platform/authenticate.ts';
import { accessMember, accessStream } from '../../streams/access.ts';
import { accessOwner } from '../access-owner.ts';
import { findRetention, findStreamRetention, replaceRetention, replaceStreamRetention } from './retention-store.ts';

type RetentionApp = Pick<App, 'db' | 'clock'>;
type Manager = UserCaller | ApiKeyCaller;

/** Reads the retention of the workspace, which every member may know. */
export async function readRetention(app: RetentionApp, caller: Manager): Promise<Retention> {
  return app.db.transaction(caller, async (tx) => {
    if (caller.kind === 'user') await accessMember(tx, caller);
    return { days: await findRetention(tx) };
  });
}

/** Sets the retention of the workspace. The sweep deletes what is older within minutes. */
export async function setRetention(app: RetentionApp, caller: Manager, { days }: Retention): Promise<Retention> {
  return app.db.transaction(
    caller,
    async (tx) => {
      await accessOwner(tx, caller);
      const from = await replaceRetention(tx, days);
      const subject = { kind: 'workspace', id: tx.workspaceId } as const;
      if (from !== days)
        recordAudit(tx, caller, { action: 'workspace.retention_changed', subject, details: { from, to: days }, at: app.clock.now() });
      return { days };
    },
    'shared',
  );
}

/** Reads the retention of a stream, which each of its readers may know. */
export async function readStreamRetention(app: RetentionApp, caller: UserCaller, input: { streamId: string }): Promise<StreamRetention> {
  return app.db.transaction(caller, async (tx) => {
    const { stream } = await accessStream(tx, caller, input.streamId, 'read');
    return findStreamRetention(tx, stream.id);
  });
}

/** Sets the own retention of a stream, or takes it back. */
export async function setStreamRetention(
  app: RetentionApp,
  caller: UserCaller,
  input: Pick<StreamRetention, 'own'> & { streamId: string },
): Promise<StreamRetention> {
  return app.db.transaction(
    caller,
    async (tx) => {
      const { stream } = await accessStream(tx, caller, input.streamId, 'read');
      await accessOwner(tx, caller);
      const { own } = await findStreamRetention(tx, stream.id);
      await replaceStreamRetention(tx, stream.id, input.own);
      const details = { from: own, to: input.own };
      const subject = { kind: 'stream', id: stream.id } as const;
      if (own !== input.own) recordAudit(tx, caller, { action: 'stream.retention_changed', subject, details, at: app.clock.now() });
      return findStreamRetention(tx, stream.id);
    },
    'shared',
  );
}
