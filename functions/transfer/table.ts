import * as routes from '../../contract/routes/transfer.ts';
import { ok, on } from '../platform/http-handler.ts';
import type { Served } from '../platform/http-handler.ts';
import { exportWorkspace } from './export-workspace.ts';
import { importRecords } from './import-records.ts';
import type { ImportApp } from './import-records.ts';

/** Routes that export and import whole workspaces. */
export const transferTable = (app: ImportApp): Served[] => [
  on(routes.exportWorkspace, async (input, caller) => ok(await exportWorkspace(app, caller, input))),
  on(routes.importRecords, async (input, caller) => ok(await importRecords(app, caller, input))),
];
