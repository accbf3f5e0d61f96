import type { Epoch } from '../../contract/epoch.ts';
import * as routes from '../../contract/routes/epochs.ts';
import type { App } from '../platform/app.ts';
import { ok, on } from '../platform/http-handler.ts';
import type { Answer, Served } from '../platform/http-handler.ts';
import { listEpochs } from './list-epochs.ts';
import { readMemorySettings, updateMemorySettings } from './memory-settings.ts';
import { readEpoch } from './read-epoch.ts';
import { setBarrier } from './set-barrier.ts';

type EpochApp = Pick<App, 'db' | 'queues' | 'epochsQueueUrl' | 'clock' | 'log'>;

/** Epochs of streams, how they are cut, and where they begin. */
export const epochTable = (app: EpochApp): Served[] => [
  on(routes.listEpochs, async (input, caller) => ok(await listEpochs(app, caller, input))),
  on(routes.readEpoch, async (input, caller) => ok(await readEpoch(app, caller, input))),
  on(routes.setBarrier, async (input, caller) => ok(await setBarrier(app, caller, input), { status: 202 })),
  on(routes.readMemorySettings, async (input, caller) => ok(await readMemorySettings(app, caller, input))),
  on(routes.updateMemorySettings, async (input, caller) => ok(await updateMemorySettings(app, caller, input))),
];
