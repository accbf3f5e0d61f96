import * as routes from '../../contract/routes/streams.ts';
import { systemClock } from '../platform/clock.ts';
import { setting } from '../platform/config.ts';
import { openDatabase } from '../platform/database.ts';
import { httpHandler, ok, on } from '../platform/http-handler.ts';
import { openKeys } from '../platform/keys.ts';
import { log } from '../platform/log.ts';
import { metrics } from '../platform/metrics.ts';
import { openQueues } from '../platform/queues.ts';
import { createStream } from './create-stream.ts';
import { deleteEvent } from './delete-event.ts';
import { editEvent } from './edit-event.ts';
import { listEvents } from './list-events.ts';
import { listStreams } from './list-streams.ts';
import { postEvent } from './post-event.ts';
import { readStream } from './read-stream.ts';

const app = {
  db: openDatabase(),
  queues: openQueues(),
  fanOutQueueUrl: setting('fanOutQueueUrl'),
  keys: openKeys(),
  clock: systemClock,
  log,
  metrics,
};

export const handler = httpHandler(app, [
  on(routes.createStream, async (input, caller) => {
    const { stream, repeated } = await createStream(app, caller, input);
    return ok(stream, { status: repeated ? 200 : 201 });
  }),
  on(routes.listStreams, async (input, caller) => ok(await listStreams(app, caller, input))),
  on(routes.readStream, async (input, caller) => ok(await readStream(app, caller, input))),
  on(routes.listEvents, async (input, caller) => ok(await listEvents(app, caller, input))),
  on(routes.postEvent, async (input, caller) => {
    const { event, repeated } = await postEvent(app, caller, input);
    return ok(event, { status: repeated ? 200 : 201, etag: event.changedSeq });
  }),
  on(routes.editEvent, async (input, caller) => {
    const event = await editEvent(app, caller, input);
    return ok(event, { etag: event.changedSeq });
  }),
  on(routes.deleteEvent, async (input, caller) => {
    const event = await deleteEvent(app, caller, input);
    return ok(event, { etag: event.changedSeq });
  }),
]);
