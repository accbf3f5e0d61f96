import * as routes from '../../contract/routes/kit.ts';
import type { App } from '../platform/app.ts';
import { ok, on } from '../platform/http-handler.ts';
import type { Served } from '../platform/http-handler.ts';
import type { PresenceLeases } from '../realtime/presence/presence-store.ts';
import type { ConnectionIds } from './connection-ids.ts';
import type { Drafts } from '../realtime/drafts/draft-store.ts';
import type { EditingTurns } from './editing-turns.ts';
import { deleteDraft, readDraft, saveDraft } from './keep-draft.ts';
import { listDrafts } from './list-drafts.ts';
import { listKitMembers } from './list-members.ts';
import { listPresence } from './list-presence.ts';
import { listKitMessages } from './list-messages.ts';
import { readKitConfig } from './read-config.ts';
import { readConnectionId } from './read-connection-id.ts';
import { tellEditingState } from './tell-editing-state.ts';

type KitApp = Pick<App, 'db' | 'clock' | 'queues' | 'fanOutQueueUrl' | 'log'> & {
  readonly connectionIds: ConnectionIds;
  readonly editingTurns: EditingTurns;
  readonly presence: PresenceLeases;
  readonly drafts: Drafts;
};

/** Routes of the React kit. */
export const kitTable = (app: KitApp): Served[] => [
  on(routes.readConnectionId, async (_input, caller) => ok(await readConnectionId(app, caller))),
  on(routes.tellEditingState, async (input, caller) => ok(await tellEditingState(app, caller, input), { status: 202 })),
  on(routes.readKitConfig, async (input, caller) => ok(await readKitConfig(app, caller, input))),
  on(routes.listKitMessages, async (input, caller) => ok(await listKitMessages(app, caller, input))),
  on(routes.listKitMembers, async (input, caller) => ok(await listKitMembers(app, caller, input))),
  on(routes.listPresence, async (input, caller) => ok(await listPresence(app, caller, input))),
  on(routes.readDraft, async (input, caller) => ok(await readDraft(app, caller, input))),
  on(routes.saveDraft, async (input, caller) => ok(await saveDraft(app, caller, input))),
  on(routes.postDraft, async (input, caller) => ok(await saveDraft(app, caller, input))),
  on(routes.deleteDraft, async (input, caller) => {
    await deleteDraft(app, caller, input);
    return { status: 204 };
  }),
  on(routes.listDrafts, async (input, caller) => ok(await listDrafts(app, caller, input))),
];
