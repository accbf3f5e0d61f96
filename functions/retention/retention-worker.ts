import type { RetentionMessage } from '../../contract/messages/retention.ts';
import { runErasure } from './erasing/run-erasure.ts';
import type { ErasureApp } from './erasing/run-erasure.ts';
import { expireMessages } from './expiring/expire-messages.ts';
import { purgeEvents } from './purging/purge-events.ts';

/** Handles one message of the retention queue. The database holds what remains to be done, so a repeated message finds nothing. */
export async function handleRetentionMessage(app: ErasureApp, message: RetentionMessage): Promise<void> {
  const { workspaceId } = message;
  switch (message.kind) {
    case 'purge':
      return purgeEvents(app, workspaceId);
    case 'job':
      return runErasure(app, workspaceId, message.jobId);
    case 'expire':
      return expireMessages(app, workspaceId);
  }
}
