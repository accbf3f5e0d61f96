import { createToken } from './routes/auth.ts';
import * as epochs from './routes/epochs.ts';
import * as events from './routes/events.ts';
import * as files from './routes/files.ts';
import * as notifications from './routes/notifications.ts';
import { asyncApi, docs, health, openApi, ready } from './routes/operations.ts';
import * as retention from './routes/retention.ts';
import * as kit from './routes/kit.ts';
import { createTicket } from './routes/realtime.ts';
import * as streams from './routes/streams.ts';
import { exportWorkspace, importRecords } from './routes/transfer.ts';
import * as keys from './routes/keys.ts';
import * as workspaces from './routes/workspaces.ts';

/** The whole HTTP surface, by the feature that serves it. A group has the name of its folder in `functions/` and `lib/`. */
export const api = {
  auth: { createToken },
  workspaces: { ...workspaces, ...keys },
  streams: { ...streams, ...events },
  epochs,
  notifications,
  files,
  retention,
  kit,
  transfer: { exportWorkspace, importRecords },
  realtime: { createTicket },
  operations: { health, ready, openApi, asyncApi, docs },
} as const;
