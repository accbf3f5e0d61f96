import type { Epoch } from '../../contract/epoch.ts';
import * as routes from '../../contract/routes/epochs.ts';
import type { App } from '../platform/app.ts';
import { ok, on } from '../platform/http-handler.ts';
import type { Answer, Served } from '../platform/http-handler.ts';
import { mergeEpoch } from './correcting/merge-epoch.ts';
import { splitEpoch } from './correcting/split-epoch.ts';
import { updateEpoch } from './correcting/update-epoch.ts';
import type { CorrectionApp } from './correcting/update-epoch.ts';
import { setBarrier } from './cutting/set-barrier.ts';
import { listEpochs } from './epochs/list-epochs.ts';
import { readEpoch } from './epochs/read-epoch.ts';
import { reindexMemory } from './indexing/reindex-memory.ts';
import { listEpochRelated, listRelated } from './related/list-related.ts';
import type { RelatedApp } from './related/list-related.ts';
import { rejectLink, restoreLink } from './related/reject-link.ts';
import { searchMemory } from './search/search-memory.ts';
import { readMemorySettings, updateMemorySettings } from './settings/memory-settings.ts';
import { readMemory } from './settings/read-memory.ts';

type EpochApp = CorrectionApp & RelatedApp & Pick<App, 'epochsQueueUrl'>;

const nothing: Answer = { status: 204 };
const asEpoch = (epoch: Epoch): Answer => ok(epoch, { etag: epoch.rev });

/** Epochs of streams, how they are cut and corrected, what they are related to, and what is found in them. */
export const epochTable = (app: EpochApp): Served[] => [
  on(routes.listEpochs, async (input, caller) => ok(await listEpochs(app, caller, input))),
  on(routes.readEpoch, async (input, caller) => {
    const read = await readEpoch(app, caller, input);
    return ok(read, { etag: read.epoch.rev });
  }),
  on(routes.updateEpoch, async (input, caller) => asEpoch(await updateEpoch(app, caller, input))),
  on(routes.mergeEpoch, async (input, caller) => ok(await mergeEpoch(app, caller, input))),
  on(routes.splitEpoch, async (input, caller) => ok(await splitEpoch(app, caller, input))),
  on(routes.setBarrier, async (input, caller) => ok(await setBarrier(app, caller, input), { status: 202 })),
  on(routes.readMemorySettings, async (input, caller) => ok(await readMemorySettings(app, caller, input))),
  on(routes.updateMemorySettings, async (input, caller) => ok(await updateMemorySettings(app, caller, input))),
  on(routes.listRelated, async (input, caller) => ok(await listRelated(app, caller, input))),
  on(routes.listEpochRelated, async (input, caller) => ok(await listEpochRelated(app, caller, input))),
  on(routes.rejectLink, async (input, caller) => rejectLink(app, caller, input).then(() => nothing)),
  on(routes.restoreLink, async (input, caller) => restoreLink(app, caller, input).then(() => nothing)),
  on(routes.searchMemory, async (input, caller) => ok(await searchMemory(app, caller, input))),
  on(routes.readMemory, async (_input, caller) => ok(await readMemory(app, caller))),
  on(routes.reindexMemory, async (_input, caller) => {
    const { job, isNew } = await reindexMemory(app, caller);
    return ok(job, { status: isNew ? 202 : 200 });
  }),
];
