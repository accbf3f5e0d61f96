import type * as z from 'zod';
import { defaultMemorySettings } from '../../../contract/epoch.ts';
import type { MemorySettings, UpdateMemorySettings } from '../../../contract/epoch.ts';
import type { App } from '../../platform/app.ts';
import type { UserCaller } from '../../platform/authenticate.ts';
import { accessPlainStream } from '../../streams/access.ts';
import { nudgeEpochs } from '../cutting/nudge-memory.ts';
import { findMemorySettings, mergeMemorySettings } from './memory-store.ts';

/** Returns the memory settings of a stream, with defaults for those that nobody set. */
export async function readMemorySettings(app: Pick<App, 'db'>, caller: UserCaller, input: { streamId: string }): Promise<MemorySettings> {
  return app.db.transaction(caller, async (tx) => {
    const { stream } = await accessPlainStream(tx, caller, input.streamId, 'read');
    return { ...defaultMemorySettings, ...(await findMemorySettings(tx, stream.id)) };
  });
}

/** Changes the memory settings of a stream. Existing epochs stay as they are. */
export async function updateMemorySettings(
  app: Pick<App, 'db' | 'queues' | 'epochsQueueUrl' | 'log'>,
  caller: UserCaller,
  { streamId, ...change }: z.infer<typeof UpdateMemorySettings> & { streamId: string },
): Promise<MemorySettings> {
  const settings = await app.db.transaction(caller, async (tx) => {
    const { stream } = await accessPlainStream(tx, caller, streamId, 'setMemory');
    return { ...defaultMemorySettings, ...(await mergeMemorySettings(tx, stream.id, fieldsOf(change))) };
  });
  // Messages that were posted while memory was off are cut now.
  if (change.enabled === true) await nudgeEpochs(app, caller.workspaceId, streamId);
  return settings;
}

/** The settings, without other fields of the input. */
const fieldsOf = ({ enabled, gapMinutes, idleMinutes, maxMessages, sensitivity }: z.infer<typeof UpdateMemorySettings>) => ({
  enabled,
  gapMinutes,
  idleMinutes,
  maxMessages,
  sensitivity,
});
