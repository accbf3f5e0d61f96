import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { levelIn as levelInClient } from '../../../client/workspace/own-level.ts';
import { newId } from '../../../contract/ids.ts';
import { actions, allows, levelOf as levelOfStanding, levels, policy } from '../../../contract/policy.ts';
import type { Level, StreamAction } from '../../../contract/policy.ts';
import type { EpochId } from '../../../contract/ids.ts';
import type { StreamEvent } from '../../../contract/event.ts';
import { StreamType } from '../../../contract/stream.ts';
import type { Stream } from '../../../contract/stream.ts';
import { WorkspaceRole } from '../../../contract/workspace.ts';
import { listEpochs } from '../../../functions/epochs/epochs/list-epochs.ts';
import { readMemorySettings, updateMemorySettings } from '../../../functions/epochs/settings/memory-settings.ts';
import { mergeEpoch } from '../../../functions/epochs/correcting/merge-epoch.ts';
import { readEpoch } from '../../../functions/epochs/epochs/read-epoch.ts';
import { rejectLink, restoreLink } from '../../../functions/epochs/related/reject-link.ts';
import { setBarrier } from '../../../functions/epochs/cutting/set-barrier.ts';
import { updateEpoch } from '../../../functions/epochs/correcting/update-epoch.ts';
import { createFile } from '../../../functions/files/create-file.ts';
import type { UserCaller } from '../../../functions/platform/authenticate.ts';
import { AppError } from '../../../functions/platform/errors.ts';
import { castVotes } from '../../../functions/streams/events/cast-votes.ts';
import { createStream } from '../../../functions/streams/streams/create-stream.ts';
import { createThread } from '../../../functions/streams/threads/create-thread.ts';
import { deleteEvent } from '../../../functions/streams/events/delete-event.ts';
import { inviteMembers } from '../../../functions/streams/members/invite-members.ts';
import { joinStream } from '../../../functions/streams/members/join-stream.ts';
import { leaveStream, removeStreamMember } from '../../../functions/streams/members/leave-stream.ts';
import { purgeVersions } from '../../../functions/streams/events/purge-versions.ts';
import { listVersions } from '../../../functions/streams/events/read-event.ts';
import { listEvents } from '../../../functions/streams/events/list-events.ts';
import { pinEvent } from '../../../functions/streams/events/pin-event.ts';
import { postEvent } from '../../../functions/streams/events/post-event.ts';
import { promoteStream } from '../../../functions/streams/streams/promote-stream.ts';
import { addReaction } from '../../../functions/streams/events/react.ts';
import { bootstrap } from '../../../functions/streams/reading/bootstrap.ts';
import { listStreams } from '../../../functions/streams/streams/list-streams.ts';
import { readStream } from '../../../functions/streams/streams/read-stream.ts';
import { shareEvent } from '../../../functions/streams/events/share-event.ts';
import { insertStream } from '../../../functions/streams/streams/stream-store.ts';
import { maySee } from '../../../functions/streams/stream.ts';
import type { StreamForCaller } from '../../../functions/streams/stream.ts';
import { updateStreamMember } from '../../../functions/streams/members/update-member.ts';
import { archiveStream, updateStream } from '../../../functions/streams/streams/update-stream.ts';
import { removeMember } from '../../../functions/workspaces/update-member.ts';
import { aMember, aWorkspace, createTestApp } from '../../support/app.ts';
import type { TestApp } from '../../support/app.ts';
import { putEpochs } from '../../support/epochs.ts';
import { createSignedObjects } from '../../support/objects.ts';
import { undone } from '../../support/undone.ts';
import { rowRightsIn } from '../../../web/src/conversation/actions/row-rights.ts';
import { mayDo, rightsIn } from '../../../web/src/workspace/stream-rights.ts';

const role = fc.option(fc.constantFrom('owner', 'admin', 'member'), { nil: undefined });
/** Any caller and any stream. A member of a non-thread stream has access through it; a DM or an assistant stream inherits no reader. */
const anyCase = fc
  .record({
    streamType: fc.constantFrom(...StreamType.options),
    isPublic: fc.boolean(),
    workspaceRole: fc.constantFrom(...WorkspaceRole.options),
    streamRole: role,
    parentRole: role,
  })
  .map(({ streamType, isPublic, workspaceRole, streamRole, parentRole }) => {
    const standsAlone = streamType === 'dm' || streamType === 'assistant';
    const giving = [standsAlone ? undefined : parentRole, ...(streamType === 'thread' ? [] : [streamRole])];
    const accessRole = (['owner', 'admin', 'member'] as const).find((one) => giving.includes(one));
    return {
      stream: { streamType } as Stream,
      isPublic: isPublic && !standsAlone,
      caller: { name: 'x', workspaceRole, streamRole, accessRole },
    };
  });
type Case = Pick<StreamForCaller, 'stream' | 'isPublic' | 'caller'>;
const levelOf = ({ stream: { streamType }, caller }: Case): Level => levelOfStanding({ streamType, ...caller });
const withWorkspaceRole = (one: Case, workspaceRole: WorkspaceRole): Case => ({ ...one, caller: { ...one.caller, workspaceRole } });
/** Actions on a stream. Joining and leaving depend on membership, not on level. */
const levelActions = actions.filter((action) => action !== 'join' && action !== 'leave');
const done = (one: Case): StreamAction[] =>
  maySee(one) ? levelActions.filter((action) => allows({ streamType: one.stream.streamType, level: levelOf(one) }, action)) : [];

describe('policy: the table', () => {
  test('defines read and post for every type', () => {
    for (const type of StreamType.options) expect(policy[type]).toMatchObject({ read: expect.any(Array), post: expect.any(Array) });
  });

  test('includes in each level the actions of the level below, and reading', () => {
    const order: [Level, Level][] = [
      ['owner', 'admin'],
      ['admin', 'member'],
      ['member', 'guest'],
      ['member', 'insider'],
      ['insider', 'visitor'],
      ['guest', 'visitor'],
    ];
    fc.assert(
      fc.property(
        fc.constantFrom(...StreamType.options),
        fc.constantFrom(...levelActions),
        fc.constantFrom(...order),
        (type, action, [more, less]) => {
          if (policy[type][action]?.includes(less))
            expect({ type, action, may: policy[type][action] }).toMatchObject({ may: expect.arrayContaining([more]) });
        },
      ),
      { numRuns: 2_000 },
    );
  });

  test('has no duplicate level and no unknown action', () => {
    for (const table of Object.values(policy)) {
      expect(Object.keys(table).filter((action) => !(actions as readonly string[]).includes(action))).toEqual([]);
      for (const allowed of Object.values(table)) expect(new Set(allowed).size).toBe(allowed.length);
    }
  });

  test('reserves management actions for managers', () => {
    const managing: StreamAction[] = ['moderate', 'archive', 'setVisibility', 'manageMembers'];
    for (const type of StreamType.options)
      for (const action of managing) expect(policy[type][action] ?? ['owner', 'admin']).toEqual(['owner', 'admin']);
  });
});

describe('policy: any caller', () => {
  const check = (property: (one: Case) => void) => fc.assert(fc.property(anyCase, property), { numRuns: 3_000 });

  test('a guest may never do more than a member in the same place', () => {
    check((one) => {
      const asMember = done(withWorkspaceRole(one, 'member'));
      for (const action of done(withWorkspaceRole(one, 'guest')))
        expect({ one, asMember }).toMatchObject({ asMember: expect.arrayContaining([action]) });
    });
  });

  test('an admin of the workspace may do what a member may, and an owner what an admin may', () => {
    check((one) => {
      const [asOwner, asAdmin, asMember] = (['owner', 'admin', 'member'] as const).map((role) => done(withWorkspaceRole(one, role)));
      expect({ one, asAdmin }).toMatchObject({ asAdmin: expect.arrayContaining(asMember ?? []) });
      expect({ one, asOwner }).toMatchObject({ asOwner: expect.arrayContaining(asAdmin ?? []) });
    });
  });

  test('a higher role never loses an action', () => {
    const ranks = [undefined, 'member', 'admin', 'owner'] as const;
    fc.assert(
      fc.property(anyCase, fc.constantFrom(1, 2, 3), (one, rank) => {
        if (one.stream.streamType === 'thread') return;
        const inIt = (streamRole: (typeof ranks)[number]): Case => ({
          ...one,
          isPublic: true,
          caller: { ...one.caller, streamRole, accessRole: streamRole },
        });
        const [more, less] = [done(inIt(ranks[rank])), done(inIt(ranks[rank - 1]))];
        expect({ one, more }).toMatchObject({ more: expect.arrayContaining(less) });
      }),
      { numRuns: 3_000 },
    );
  });

  test('a stream is visible by membership only, unless it is public and the caller no guest', () => {
    check((one) => {
      const hasAccess = one.caller.accessRole !== undefined;
      expect(maySee(one)).toBe(hasAccess || (one.isPublic && one.caller.workspaceRole !== 'guest'));
    });
  });

  test('following a thread adds nothing to the access of its parent, except for its starter', () => {
    check((one) => {
      if (one.stream.streamType !== 'thread' || one.caller.streamRole === 'owner' || one.caller.streamRole === 'admin') return;
      const stranger: Case = { ...one, caller: { ...one.caller, streamRole: undefined } };
      expect(levelOf(one)).toBe(levelOf(stranger));
      expect(maySee(one)).toBe(maySee(stranger));
    });
  });

  test('a guest manages no stream, with any role in it', () => {
    check((one) => {
      const may = done(withWorkspaceRole(one, 'guest'));
      // The participants of a small conversation own it together, including its memory.
      const amongFew = ['dm', 'assistant'].includes(one.stream.streamType) ? ['curate', 'setMemory'] : [];
      expect(may.filter((action) => !['read', 'post', 'startThread', 'pin', 'leave', ...amongFew].includes(action))).toEqual([]);
    });
  });
});

/** A stream stored in the database. */
interface Place {
  readonly type: StreamType;
  /** Visibility of the stream that it inherits its readers from. */
  readonly parent?: 'public' | 'private';
  readonly visibility: 'public' | 'private' | 'inherit';
}
const places: Place[] = [
  ...(['channel', 'incident'] as const).flatMap((type): Place[] => [
    { type, visibility: 'public' },
    { type, visibility: 'private' },
    { type, visibility: 'inherit', parent: 'public' },
    { type, visibility: 'inherit', parent: 'private' },
  ]),
  { type: 'thread', visibility: 'inherit', parent: 'public' },
  { type: 'thread', visibility: 'inherit', parent: 'private' },
  { type: 'dm', visibility: 'private' },
  { type: 'assistant', visibility: 'private' },
];
const nameOf = ({ type, visibility, parent }: Place) => `${visibility}${parent ? ` (${parent})` : ''} ${type}`;
const isPublic = ({ visibility, parent }: Place) => (visibility === 'inherit' ? parent : visibility) === 'public';

/** People, their role in the workspace, and their place: in the stream, in its parent, or in neither. */
const cast = {
  founder: 'owner',
  owner: 'member',
  admin: 'member',
  member: 'member',
  wsOwner: 'owner',
  guest: 'guest',
  guestOwner: 'guest',
  insider: 'member',
  parentAdmin: 'member',
  parentGuest: 'guest',
  wsAdmin: 'admin',
  visitor: 'member',
  outsideGuest: 'guest',
  gone: 'member',
  removed: 'member',
  target: 'member',
  newcomer: 'member',
} as const satisfies Record<string, WorkspaceRole>;
type Person = keyof typeof cast;
const inStream = {
  owner: 'owner',
  founder: 'owner',
  admin: 'admin',
  member: 'member',
  wsOwner: 'member',
  guest: 'member',
  guestOwner: 'owner',
  gone: 'member',
  removed: 'member',
  target: 'member',
} as const;
const inParent = { founder: 'owner', owner: 'member', insider: 'member', parentAdmin: 'admin', parentGuest: 'member' } as const;
const tried = (Object.keys(cast) as Person[]).filter((person) => person !== 'target' && person !== 'newcomer');

/** Level of a person in a place, in the words of the table. */
function levelIn(place: Place, person: Person): Level | 'unseen' {
  const nowhere =
    cast[person] === 'guest' || !isPublic(place) || person === 'removed'
      ? 'unseen'
      : cast[person] === 'admin' || cast[person] === 'owner'
        ? 'admin'
        : 'visitor';
  if (person === 'gone' || person === 'removed') return nowhere;
  const fromParent: Partial<Record<Person, Level>> = { insider: 'insider', parentAdmin: 'admin', parentGuest: 'guest' };
  if (person in fromParent) return place.parent ? (fromParent[person] as Level) : nowhere;
  if (!(person in inStream)) return nowhere;
  // The own members of a thread are its starter and followers.
  if (place.type === 'thread') return person === 'owner' ? 'owner' : person === 'founder' ? 'admin' : nowhere;
  if (place.type === 'dm') return person === 'founder' || person === 'wsOwner' ? 'admin' : cast[person] === 'guest' ? 'guest' : 'member';
  if (cast[person] === 'guest') return 'guest';
  if (person === 'wsOwner') return 'admin';
  return inStream[person as keyof typeof inStream];
}

interface Stage {
  readonly place: Place;
  readonly stream: Stream;
  readonly event: StreamEvent;
  readonly poll: StreamEvent;
  /** An event alone, and a poll alone. */
  readonly epochs: readonly EpochId[];
}

let app: TestApp;
/** App whose changes are rolled back. */
let dry: TestApp;
let people: Record<Person, UserCaller>;
let elsewhere: StreamEvent;
const stages = new Map<string, Stage>();

beforeAll(async () => {
  app = await createTestApp();
  dry = { ...app, db: undone(app.db) };
  const { workspaceId } = await aWorkspace(app);
  const entries: [string, UserCaller][] = [];
  for (const [id, role] of Object.entries(cast)) entries.push([id, await aMember(app, workspaceId, id, role)]);
  people = Object.fromEntries(entries) as Record<Person, UserCaller>;
  const { stream: lobby } = await createStream(app, people.founder, { streamType: 'channel', name: 'Lobby', visibility: 'public' });
  await addAll(lobby, { outsideGuest: 'member', guest: 'member', guestOwner: 'member', parentGuest: 'member' });
  ({ event: elsewhere } = await postEvent(app, people.founder, { streamId: lobby.id, text: 'Elsewhere', mentions: [] }));
  for (const place of places) stages.set(nameOf(place), await stageFor(place));
  await removeMember(app, people.founder, { userId: 'removed' });
  // Their tokens are refused before any right is looked at; with a token of the next version the rights decide.
  people.removed = { ...people.removed, tokenVersion: 1 };
});
afterAll(() => app.test.drop());

async function stageFor(place: Place): Promise<Stage> {
  const stream = await streamFor(place);
  const post = (json: object) => postEvent(app, people.owner, { streamId: stream.id, ...json } as Parameters<typeof postEvent>[2]);
  const { event } = await post({ text: 'Said by the owner', mentions: [] });
  const { event: poll } = await post({ eventType: 'poll', question: 'Yes?', options: ['Yes', 'No'], multiple: false });
  const epochs = await putEpochs(
    app,
    stream,
    [event, poll].map((only) => ({ from: only, to: only })),
  );
  return { place, stream, event, poll, epochs };
}

async function streamFor(place: Place): Promise<Stream> {
  const { type, visibility, parent } = place;
  const name = nameOf(place);
  if (type === 'dm') {
    const memberIds = ['owner', 'founder', 'member', 'wsOwner', 'admin', 'guest', 'guestOwner', 'target'];
    return (await createStream(app, people.owner, { streamType: 'dm', memberIds: memberIds as UserCaller['userId'][] })).stream;
  }
  if (type === 'assistant') return anAssistant(name);
  if (!parent) {
    const { stream } = await createStream(app, people.founder, { streamType: type as 'channel', name, visibility: visibility as 'public' });
    await settle(stream);
    return stream;
  }
  const { stream: above } = await createStream(app, people.founder, { streamType: 'channel', name: `Above ${name}`, visibility: parent });
  await addAll(above, inParent);
  const { event: root } = await postEvent(app, people.founder, { streamId: above.id, text: 'Root', mentions: [] });
  const { stream: thread } = await createThread(app, people.owner, { streamId: above.id, eventId: root.id });
  if (type === 'thread') return thread;
  const promoted = await promoteStream(app, people.owner, {
    streamId: thread.id,
    streamType: type,
    name,
    visibility: 'inherit',
  });
  await settle(promoted);
  return promoted;
}

/** Adds the members of a place; one of them leaves again. */
async function settle(stream: Stream): Promise<void> {
  await addAll(stream, inStream);
  await leaveStream(app, people.gone, { streamId: stream.id });
}

async function addAll(stream: Stream, roles: Partial<Record<Person, 'owner' | 'admin' | 'member'>>): Promise<void> {
  const owner = stream.name?.includes('inherit') && !stream.name.startsWith('Above') ? people.owner : people.founder;
  for (const [id, role] of Object.entries(roles) as [Person, 'owner' | 'admin' | 'member'][]) {
    await inviteMembers(app, owner, { streamId: stream.id, userIds: [people[id].userId], role }).catch((error: unknown) => {
      if (!(error instanceof AppError && error.code === 'already_member')) throw error;
      return updateStreamMember(app, owner, { streamId: stream.id, userId: id, role });
    });
  }
}

/** Inserts rows directly: no route creates an assistant stream yet. */
async function anAssistant(name: string): Promise<Stream> {
  const id = newId('stream');
  const { owner } = people;
  const members = Object.entries(inStream).map(([userId, role]) => ({ userId, role }));
  const row = {
    id,
    streamType: 'assistant',
    name,
    slug: null,
    description: null,
    visibility: 'private',
    severity: null,
    parentStreamId: null,
    branchedFromEventId: null,
    accessIds: [id],
    dmMemberIds: null,
    gen: 'g',
    createdBy: owner.userId,
    idempotencyKey: null,
    createdAt: app.time,
  };
  await app.db.transaction(owner, (tx) => insertStream(tx, row, members));
  await app.test.owner.query(`update stream_members set left_at = now() where stream_id = $1 and user_id = 'gone'`, [id]);
  return readStream(app, owner, { streamId: id });
}

type Attempt = (stage: Stage, caller: UserCaller) => Promise<unknown>;
const objects = () => createSignedObjects(app.clock);
const update =
  (change: (stage: Stage) => object): Attempt =>
  (stage, caller) =>
    updateStream(dry, caller, { streamId: stage.stream.id, ...change(stage) });
const into = ({ stream: { id: streamId } }: Stage) => ({ streamId });
const on = ({ stream: { id: streamId }, event: { id: eventId } }: Stage) => ({ streamId, eventId });
const pairOf = ({ epochs: [epochId, targetId] }: Stage) => ({ epochId: epochId ?? '', targetId: targetId ?? '' });
/** Attempts for each action, covering all its routes. */
const attempts: Record<StreamAction, Readonly<Record<string, Attempt>>> = {
  read: {
    'lists epochs': (stage, caller) => listEpochs(dry, caller, { ...into(stage), limit: 1 }),
    'reads an epoch': (stage, caller) => readEpoch(dry, caller, { epochId: stage.epochs[0] ?? '', limit: 1 }),
    'reads how memory is made': (stage, caller) => readMemorySettings(dry, caller, into(stage)),
    'reads the stream': (stage, caller) => readStream(dry, caller, into(stage)),
    'reads events': (stage, caller) => listEvents(dry, caller, { ...into(stage), limit: 1 }),
  },
  post: {
    posts: (stage, caller) => postEvent(dry, caller, { ...into(stage), text: 'Hello', mentions: [] }),
    reacts: (stage, caller) => addReaction(dry, caller, { ...on(stage), emoji: '👍' }),
    votes: (stage, caller) => castVotes(dry, caller, { ...on({ ...stage, event: stage.poll }), optionIds: ['opt_1'] }),
    shares: (stage, caller) => shareEvent(dry, caller, { ...into(stage), eventId: elsewhere.id }),
    'announces a file': (stage, caller) =>
      createFile({ ...dry, objects: objects() }, caller, { ...into(stage), name: 'a.png', mediaType: 'image/png', sizeBytes: 1 }),
    'begins something new': (stage, caller) => setBarrier(dry, caller, into(stage)),
  },
  startThread: { 'starts a thread': (stage, caller) => createThread(dry, caller, on(stage)) },
  pin: { pins: (stage, caller) => pinEvent(dry, caller, on(stage)) },
  moderate: { 'deletes what another posted': (stage, caller) => deleteEvent(dry, caller, on(stage)) },
  readVersions: {
    'reads what another said before': (stage, caller) => listVersions(dry, caller, on(stage)),
    'purges what another said before': (stage, caller) => purgeVersions(dry, caller, on(stage)),
  },
  promote: {
    promotes: (stage, caller) =>
      promoteStream(dry, caller, { ...into(stage), streamType: 'channel', name: 'Promoted', visibility: 'inherit' }),
  },
  join: { joins: (stage, caller) => joinStream(dry, caller, into(stage)) },
  leave: { leaves: (stage, caller) => leaveStream(dry, caller, into(stage)) },
  invite: { invites: (stage, caller) => inviteMembers(dry, caller, { ...into(stage), userIds: [people.newcomer.userId], role: 'member' }) },
  describe: { describes: update(() => ({ description: 'Other' })) },
  rename: { renames: update(() => ({ name: 'Other' })), 'gives a slug': update(() => ({ slug: 'other' })) },
  resolve: { resolves: update(() => ({ status: 'resolved' })), 'says how bad it is': update(() => ({ severity: 'sev1' })) },
  archive: { archives: (stage, caller) => archiveStream(dry, caller, into(stage)) },
  setVisibility: {
    // What branched off needs the same right on its parent too, which hidden-branches.test.ts checks. That refusal names the field.
    'opens or closes': (stage, caller) =>
      update(({ place }) => ({ visibility: place.visibility === 'private' ? 'public' : 'private' }))(stage, caller).catch(
        (error: unknown) => {
          const { errors } = error as { errors?: readonly { path: string }[] };
          if (errors?.[0]?.path !== 'body.visibility') throw error;
        },
      ),
  },
  manageMembers: {
    'gives a role': (stage, caller) => updateStreamMember(dry, caller, { ...into(stage), userId: 'target', role: 'admin' }),
    'takes out': (stage, caller) => removeStreamMember(dry, caller, { ...into(stage), userId: 'target' }),
  },
  curate: {
    'names an epoch': (stage, caller) => updateEpoch(dry, caller, { epochId: stage.epochs[0] ?? '', label: 'Other' }),
    'merges epochs': (stage, caller) => mergeEpoch(dry, caller, { epochId: stage.epochs[1] ?? '' }),
    'rejects a link': (stage, caller) => rejectLink(dry, caller, pairOf(stage)),
    'restores a link': (stage, caller) => restoreLink(dry, caller, pairOf(stage)),
  },
  setMemory: { 'says how memory is made': (stage, caller) => updateMemorySettings(dry, caller, { ...into(stage), gapMinutes: 5 }) },
};

const isMember = ({ type }: Place, person: Person): boolean =>
  type === 'thread' ? person === 'owner' : person in inStream && person !== 'gone' && person !== 'removed';

/** Attempts that the author of the event may make at any level. */
const isOfAuthor = (attempt: string): boolean =>
  ['deletes what another posted', 'reads what another said before', 'purges what another said before'].includes(attempt);

/** Expected result of an attempt by the table. */
function verdict({ place }: Stage, person: Person, action: StreamAction, attempt: string): string {
  const level = levelIn(place, person);
  if (level === 'unseen') return 'not_found';
  const isIn = isMember(place, person);
  // Members join without a change; non-members leave without one.
  if (action === 'join' && isIn) return 'yes';
  if (action === 'leave' && !isIn) return 'yes';
  if (action === 'promote' && place.type !== 'thread') return place.parent ? 'already_promoted' : 'not_a_thread';
  const allowed = policy[place.type][action];
  if (isOfAuthor(attempt)) return person === 'owner' || allowed?.includes(level) ? 'yes' : 'not_author';
  // A thread has neither; this is checked before permissions.
  const unknown = place.type === 'thread' && (attempt === 'starts a thread' || attempt === 'gives a slug');
  if (!allowed || unknown) return 'wrong_stream_type';
  return allowed.includes(level) ? 'yes' : 'forbidden';
}

const outcomeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'yes',
    (error: unknown) => (error instanceof AppError ? error.code : String(error)),
  );

/** A stream and its parent as the person reads them; undefined where they do not see it. */
async function readBy(person: Person, streamId: string | null | undefined): Promise<Stream | undefined> {
  if (streamId == null) return undefined;
  return readStream(app, people[person], { streamId }).catch(() => undefined);
}

/** The page's offer of each action, by the level that the server answered. */
async function offersOf(stage: Stage, person: Person): Promise<Record<StreamAction, boolean>> {
  const stream = await readBy(person, stage.stream.id);
  const parent = await readBy(person, stream?.parentStreamId);
  const { reply: startThread, ...row } = rowRightsIn(stream, parent);
  return { read: mayDo(stream, parent, 'read'), startThread, ...row, ...rightsIn(stream, parent) };
}

/** Attempts that the page leaves out though they change nothing, or that come to their author by something else than a level. */
function isNotOffered({ place, stream }: Stage, person: Person, attempt: string): boolean {
  // The author of the event that a thread branched from follows it.
  const isIn = isMember(place, person) || (place.type === 'thread' && person === 'founder');
  if (attempt === 'joins' || attempt === 'leaves') return isIn === (attempt === 'joins');
  if (isOfAuthor(attempt)) return person === 'owner';
  // Only what is open is archived; a thread has a name, and no slug.
  return (attempt === 'archives' && archived.has(stream.id)) || (attempt === 'gives a slug' && place.type === 'thread');
}
const archived = new Set<string>();

/** Everybody tries everything; what came out otherwise than it should. */
async function wrongIn(stage: Stage, who: readonly Person[], expectedOf: typeof verdict): Promise<string[]> {
  const wrong: string[] = [];
  for (const person of who) {
    const offers = await offersOf(stage, person);
    for (const action of actions) {
      for (const [attempt, work] of Object.entries(attempts[action])) {
        const expected = expectedOf(stage, person, action, attempt);
        const outcome = await outcomeOf(work(stage, people[person]));
        if (outcome !== expected) wrong.push(`${person} (${levelIn(stage.place, person)}) ${attempt}: ${outcome} instead of ${expected}`);
        if (offers[action] !== (outcome === 'yes') && !isNotOffered(stage, person, attempt))
          wrong.push(`${person} (${levelIn(stage.place, person)}) ${attempt}: ${outcome}, and the page says ${offers[action]}`);
      }
    }
  }
  return wrong;
}

describe('policy: results on real rows follow the table', () => {
  test.each(places.map((place) => ({ name: nameOf(place) })))('$name', async ({ name }) => {
    const stage = stages.get(name) as Stage;
    expect(await wrongIn(stage, tried, verdict)).toEqual([]);
  });

  test.each(places.map((place) => ({ name: nameOf(place) })))(
    '$name: everybody is answered their level, read and listed',
    async ({ name }) => {
      const stage = stages.get(name) as Stage;
      for (const person of tried) {
        const level = levelIn(stage.place, person);
        const stream = await readBy(person, stage.stream.id);
        expect({ person, level: stream?.level ?? 'unseen' }).toEqual({ person, level });
        const lists = [
          await listStreams(app, people[person], { status: 'any', sort: 'name', limit: 200 }).catch(() => undefined),
          await bootstrap(app, people[person]).then(
            ({ streams }) => streams,
            () => undefined,
          ),
        ];
        for (const list of lists) {
          const listed = list?.items.find(({ id }) => id === stage.stream.id);
          if (listed) expect({ person, level: listed.level }).toEqual({ person, level });
          else expect({ person, isListed: stream !== undefined && stage.place.type !== 'thread' }).toEqual({ person, isListed: false });
        }
      }
    },
  );

  test.each(places.map((place) => ({ name: nameOf(place) })))(
    '$name: a client finds the same, or knows that it does not',
    async ({ name }) => {
      const stage = stages.get(name) as Stage;
      for (const person of tried) {
        const stream = await readBy(person, stage.stream.id);
        const parent = await readBy(person, stream?.parentStreamId);
        if (!stream) continue;
        const find = (id: string) => (id === parent?.id ? parent : undefined);
        const found = levelInClient({ ...stream, level: null }, cast[person], find);
        expect({ person, found: found ?? stream.level }).toEqual({ person, found: stream.level });
        if (parent) expect({ person, isFound: found !== undefined }).toEqual({ person, isFound: true });
        const alone = levelInClient({ ...stream, level: null }, cast[person], () => undefined);
        expect({ person, alone: alone ?? stream.level }).toEqual({ person, alone: stream.level });
      }
    },
  );

  test('every level is somebody in some place', () => {
    const found = new Set(places.flatMap((place) => tried.map((person) => levelIn(place, person))));
    expect([...found].toSorted()).toEqual([...levels, 'unseen'].toSorted());
  });
});

/** Expected result in an archived stream: only reading, leaving and unarchiving remain. */
function archivedVerdict(stage: Stage, person: Person, action: StreamAction, attempt: string): string {
  const open = verdict(stage, person, action, attempt);
  if (open === 'not_found' || action === 'read' || action === 'readVersions' || action === 'leave') return open;
  // It is archived already.
  if (attempt === 'archives') return 'yes';
  if (attempt === 'joins' && isMember(stage.place, person)) return 'yes';
  // Resolving it would unarchive it.
  if (attempt === 'resolves' && open === 'yes' && verdict(stage, person, 'archive', 'archives') !== 'yes') return 'forbidden';
  if (attempt === 'deletes what another posted' || attempt === 'starts a thread') return 'stream_archived';
  return open === 'yes' ? 'stream_archived' : open;
}

describe('policy: an archived stream can only be read, left and unarchived', () => {
  const here: readonly Person[] = ['owner', 'member', 'insider', 'guest', 'visitor', 'outsideGuest'];
  test.each(places.filter(({ type }) => type !== 'dm').map((place) => ({ name: nameOf(place) })))('$name', async ({ name }) => {
    const stage = stages.get(name) as Stage;
    await archiveStream(app, people.owner, into(stage));
    archived.add(stage.stream.id);
    expect(await wrongIn(stage, here, archivedVerdict)).toEqual([]);
    for (const person of here) {
      const expected = verdict(stage, person, 'archive', 'archives');
      expect({ person, offered: (await offersOf(stage, person)).archive }).toEqual({ person, offered: expected === 'yes' });
      expect({ person, outcome: await outcomeOf(updateStream(dry, people[person], { ...into(stage), status: 'active' })) }).toEqual({
        person,
        outcome: expected,
      });
    }
    await updateStream(app, people.owner, { ...into(stage), status: 'active' });
  });
});
