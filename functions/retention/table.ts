import * as routes from '../../contract/routes/retention.ts';
import type { App } from '../platform/app.ts';
import { ok, on } from '../platform/http-handler.ts';
import type { Served } from '../platform/http-handler.ts';
import type { AccessApp } from '../platform/outbox.ts';
import { eraseMember } from './erasing/erase-member.ts';
import { listErasures, readErasure } from './erasing/list-erasures.ts';
import { exportMember } from './exporting/export-member.ts';
import { readRetention, readStreamRetention, setRetention, setStreamRetention } from './expiring/set-retention.ts';

/** Routes of retention and of the erasure of members. */
export const retentionTable = (app: AccessApp & Pick<App, 'retentionQueueUrl'>): Served[] => [
  on(routes.eraseMember, async (input, caller) => {
    const { erasure, isNew } = await eraseMember(app, caller, input);
    return ok(erasure, { status: isNew ? 202 : 200 });
  }),
  on(routes.listErasures, async (input, caller) => ok(await listErasures(app, caller, input))),
  on(routes.readErasure, async (input, caller) => ok(await readErasure(app, caller, input))),
  on(routes.exportMember, async (input, caller) => ok(await exportMember(app, caller, input))),
  on(routes.readRetention, async (_input, caller) => ok(await readRetention(app, caller))),
  on(routes.setRetention, async (input, caller) => ok(await setRetention(app, caller, input))),
  on(routes.readStreamRetention, async (input, caller) => ok(await readStreamRetention(app, caller, input))),
  on(routes.setStreamRetention, async (input, caller) => ok(await setStreamRetention(app, caller, input))),
];
