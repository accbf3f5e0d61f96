import type { RetentionMessage } from '../../contract/messages/retention.ts';
import { purgeEvents } from './purging/purge-events.ts';
import type { PurgeApp } from './purging/purge-events.ts';

/** Handles one message of the retention queue. The database holds what remains to be done, so a repeated message finds nothing. */
export async function handleRetentionMessage(app: PurgeApp, message: RetentionMessage): Promise<void> {
  const { workspaceId } = message;
  switch (message.kind) {
    case 'purge':
      return purgeEvents(app, workspaceId);
    case 'expire':
    case 'job':
      return;
  }
}
