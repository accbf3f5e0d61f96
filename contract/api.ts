import { createToken } from './routes/auth.ts';
import { asyncApi, docs, health, openApi, ready } from './routes/operations.ts';
import { createTicket } from './routes/realtime.ts';
import { createStream, deleteEvent, editEvent, listEvents, listStreams, postEvent, readStream } from './routes/streams.ts';
import { createProvider, listProviders, readWorkspace } from './routes/workspaces.ts';

/** The whole HTTP surface, by the feature that serves it: the name of a group is the name of its room in `functions/` and `lib/`. */
export const api = {
  auth: { createToken },
  workspaces: { readWorkspace, createProvider, listProviders },
  streams: { createStream, listStreams, readStream, listEvents, postEvent, editEvent, deleteEvent },
  realtime: { createTicket },
  operations: { health, ready, openApi, asyncApi, docs },
} as const;
