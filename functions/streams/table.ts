import type { StreamEvent } from '../../contract/event.ts';
import * as events from '../../contract/routes/events.ts';
import * as routes from '../../contract/routes/streams.ts';
import type { Stream } from '../../contract/stream.ts';
import type { App } from '../platform/app.ts';
import { ok, on } from '../platform/http-handler.ts';
import type { Answer, Served } from '../platform/http-handler.ts';
import type { AccessApp } from '../platform/outbox.ts';
import type { AppendApp } from './events/append.ts';
import type { PurgeNudgeApp } from './events/nudge-purge.ts';
import { bootstrap } from './reading/bootstrap.ts';
import { castVotes } from './events/cast-votes.ts';
import { createStream } from './streams/create-stream.ts';
import { createThread } from './threads/create-thread.ts';
import { deleteEvent } from './events/delete-event.ts';
import { editEvent } from './events/edit-event.ts';
import { inviteMembers } from './members/invite-members.ts';
import { joinStream } from './members/join-stream.ts';
import { leaveStream, removeStreamMember } from './members/leave-stream.ts';
import { listEvents } from './events/list-events.ts';
import { listStreamMembers } from './members/list-members.ts';
import { listOwnerlessStreams } from './recovery/list-ownerless.ts';
import { recoverStream } from './recovery/recover-stream.ts';
import { listStreams } from './streams/list-streams.ts';
import { markRead, markUnread } from './reading/mark-read.ts';
import { listPins, pinEvent, unpinEvent } from './events/pin-event.ts';
import { postEvent } from './events/post-event.ts';
import { purgeVersions } from './events/purge-versions.ts';
import { promoteStream } from './streams/promote-stream.ts';
import { addReaction, removeReaction } from './events/react.ts';
import { listVersions, readEvent } from './events/read-event.ts';
import { readStream } from './streams/read-stream.ts';
import { searchEvents } from './reading/search-events.ts';
import { shareEvent } from './events/share-event.ts';
import { updateStreamMember } from './members/update-member.ts';
import { archiveStream, updateStream } from './streams/update-stream.ts';

const nothing: Answer = { status: 204 };
const asStream = (stream: Stream): Answer => ok(stream, { etag: stream.rev });
const asEvent = (event: StreamEvent): Answer => ok(event, { etag: event.changedSeq });
const made = ({ stream, repeated }: { stream: Stream; repeated: boolean }): Answer =>
  ok(stream, { status: repeated ? 200 : 201, etag: stream.rev });
const posted = ({ event, repeated }: { event: StreamEvent; repeated: boolean }): Answer =>
  ok(event, { status: repeated ? 200 : 201, etag: event.changedSeq });

/** Routes of streams, members and reading. */
export const streamTable = (app: AccessApp & AppendApp): Served[] => [
  on(routes.bootstrap, async (_input, caller) => ok(await bootstrap(app, caller))),
  on(routes.createStream, async (input, caller) => made(await createStream(app, caller, input))),
  on(routes.listStreams, async (input, caller) => ok(await listStreams(app, caller, input))),
  on(routes.listOwnerlessStreams, async (input, caller) => ok(await listOwnerlessStreams(app, caller, input))),
  on(routes.readStream, async (input, caller) => asStream(await readStream(app, caller, input))),
  on(routes.updateStream, async (input, caller) => asStream(await updateStream(app, caller, input))),
  on(routes.archiveStream, async (input, caller) => asStream(await archiveStream(app, caller, input))),
  on(routes.promoteStream, async (input, caller) => asStream(await promoteStream(app, caller, input))),
  on(routes.recoverStream, async (input, caller) => asStream(await recoverStream(app, caller, input))),
  on(routes.joinStream, async (input, caller) => asStream(await joinStream(app, caller, input))),
  on(routes.leaveStream, async (input, caller) => leaveStream(app, caller, input).then(() => nothing)),
  on(routes.listStreamMembers, async (input, caller) => ok(await listStreamMembers(app, caller, input))),
  on(routes.inviteMembers, async (input, caller) => ok(await inviteMembers(app, caller, input))),
  on(routes.updateStreamMember, async (input, caller) => ok(await updateStreamMember(app, caller, input))),
  on(routes.removeStreamMember, async (input, caller) => removeStreamMember(app, caller, input).then(() => nothing)),
  on(routes.markRead, async (input, caller) => ok(await markRead(app, caller, input))),
  on(routes.markUnread, async (input, caller) => ok(await markUnread(app, caller, input))),
];

/** Routes of events. */
export const eventTable = (app: AppendApp & PurgeNudgeApp): Served[] => [
  on(events.listEvents, async (input, caller) => ok(await listEvents(app, caller, input))),
  on(events.postEvent, async (input, caller) => posted(await postEvent(app, caller, input))),
  on(events.readEvent, async (input, caller) => asEvent(await readEvent(app, caller, input))),
  on(events.editEvent, async (input, caller) => asEvent(await editEvent(app, caller, input))),
  on(events.deleteEvent, async (input, caller) => asEvent(await deleteEvent(app, caller, input))),
  on(events.listVersions, async (input, caller) => ok(await listVersions(app, caller, input))),
  on(events.purgeVersions, async (input, caller) => purgeVersions(app, caller, input).then(() => nothing)),
  on(events.createThread, async (input, caller) => made(await createThread(app, caller, input))),
  on(events.shareEvent, async (input, caller) => posted(await shareEvent(app, caller, input))),
  on(events.addReaction, async (input, caller) => asEvent(await addReaction(app, caller, input))),
  on(events.removeReaction, async (input, caller) => asEvent(await removeReaction(app, caller, input))),
  on(events.castVotes, async (input, caller) => asEvent(await castVotes(app, caller, input))),
  on(events.pinEvent, async (input, caller) => asEvent(await pinEvent(app, caller, input))),
  on(events.unpinEvent, async (input, caller) => asEvent(await unpinEvent(app, caller, input))),
  on(events.listPins, async (input, caller) => ok(await listPins(app, caller, input))),
];

/** The route of search, which a function of its own serves. */
export const searchTable = (app: Pick<App, 'db'>): Served[] => [
  on(events.searchEvents, async (input, caller) => ok(await searchEvents(app, caller, input))),
];
