import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Stream } from '../../../contract/stream.ts';
import type { UserCaller } from '../../../functions/platform/authenticate.ts';
import { createStream } from '../../../functions/streams/streams/create-stream.ts';
import { createThread } from '../../../functions/streams/threads/create-thread.ts';
import { inviteMembers } from '../../../functions/streams/members/invite-members.ts';
import { joinStream } from '../../../functions/streams/members/join-stream.ts';
import { removeStreamMember } from '../../../functions/streams/members/leave-stream.ts';
import { listStreams } from '../../../functions/streams/streams/list-streams.ts';
import { postEvent } from '../../../functions/streams/events/post-event.ts';
import { promoteStream } from '../../../functions/streams/streams/promote-stream.ts';
import { findStreams } from '../../../functions/streams/streams/stream-store.ts';
import { maySee } from '../../../functions/streams/stream.ts';
import { updateStream } from '../../../functions/streams/streams/update-stream.ts';
import { aMember, aWorkspace, createTestApp } from '../../support/app.ts';
import type { TestApp } from '../../support/app.ts';

/** Viewers by role; the founder performs every step and is in every stream. */
const viewerRoles = { founder: 'owner', bob: 'member', cyd: 'member', wes: 'admin', gus: 'guest', hal: 'guest' } as const;
type Viewer = keyof typeof viewerRoles;
const others = ['bob', 'cyd', 'wes', 'gus', 'hal'] as const;

let app: TestApp;
let workspaceId: UserCaller['workspaceId'];
let people: Record<Viewer, UserCaller>;
beforeAll(async () => {
  app = await createTestApp();
});
afterAll(() => app.test.drop());

/** Creates an empty workspace with all viewers. */
async function resetWorkspace(): Promise<void> {
  ({ workspaceId } = await aWorkspace(app));
  const entries: [string, UserCaller][] = [];
  for (const [id, role] of Object.entries(viewerRoles)) entries.push([id, await aMember(app, workspaceId, id, role)]);
  people = Object.fromEntries(entries) as Record<Viewer, UserCaller>;
}

/** A stream in a plain model, without a list of access: its parent, its members and visibility. */
interface ModelStream {
  readonly id: string;
  type: 'channel' | 'thread';
  visibility: 'public' | 'private' | 'inherit';
  readonly parent: ModelStream | undefined;
  readonly members: Set<string>;
}

/** Decides visibility by walking up the parents. */
function sees(person: Viewer, stream: ModelStream): boolean {
  if (stream.type !== 'thread' && stream.members.has(person)) return true;
  if (stream.visibility === 'inherit') return stream.parent !== undefined && sees(person, stream.parent);
  return stream.visibility === 'public' && viewerRoles[person] !== 'guest';
}

type Step =
  | { do: 'create'; visibility: 'public' | 'private' }
  | { do: 'branch'; at: number }
  | { do: 'promote'; at: number; visibility: 'public' | 'private' | 'inherit' }
  | { do: 'open' | 'close'; at: number }
  | { do: 'invite' | 'takeOut'; at: number; who: (typeof others)[number] }
  | { do: 'follow'; at: number; who: (typeof others)[number] };

const at = fc.nat({ max: 30 });
const who = fc.constantFrom(...others);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('create' as const), visibility: fc.constantFrom('public' as const, 'private' as const) }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('branch' as const), at }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('promote' as const),
      at,
      visibility: fc.constantFrom('inherit' as const, 'inherit' as const, 'private' as const, 'public' as const),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('open' as const, 'close' as const), at }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constantFrom('invite' as const, 'takeOut' as const, 'follow' as const), at, who }) },
);

/** Selects a stream among those a step applies to; undefined when there is none. */
const pick = (streams: readonly ModelStream[], index: number): ModelStream | undefined => streams[index % Math.max(streams.length, 1)];

async function take(known: ModelStream[], one: Step): Promise<void> {
  const { founder } = people;
  const channels = known.filter(({ type }) => type === 'channel');
  const add = ({ id }: Stream, more: Omit<ModelStream, 'id' | 'members'>) => known.push({ id, members: new Set(['founder']), ...more });
  if (one.do === 'create') {
    const { visibility } = one;
    const { stream } = await createStream(app, founder, { streamType: 'channel', name: crypto.randomUUID(), visibility });
    add(stream, { type: 'channel', visibility, parent: undefined });
  } else if (one.do === 'branch') {
    const parent = pick(channels, one.at);
    if (!parent) return;
    const { event } = await postEvent(app, founder, { streamId: parent.id as Stream['id'], text: 'root', mentions: [] });
    const { stream } = await createThread(app, founder, { streamId: parent.id, eventId: event.id });
    add(stream, { type: 'thread', visibility: 'inherit', parent });
  } else if (one.do === 'promote') {
    const thread = pick(
      known.filter(({ type }) => type === 'thread'),
      one.at,
    );
    if (!thread) return;
    await promoteStream(app, founder, {
      streamId: thread.id,
      streamType: 'channel',
      name: crypto.randomUUID(),
      visibility: one.visibility,
    });
    Object.assign(thread, { type: 'channel', visibility: one.visibility });
  } else if ('who' in one) {
    await comeOrGo(known, one);
  } else {
    const stream = pick(channels, one.at);
    if (!stream) return;
    const visibility = one.do === 'open' ? 'public' : 'private';
    await updateStream(app, founder, { streamId: stream.id, visibility });
    stream.visibility = visibility;
  }
}

async function comeOrGo(known: readonly ModelStream[], { do: what, who, at }: Extract<Step, { who: string }>): Promise<void> {
  if (what === 'follow') {
    // Following a thread requires access and gives none.
    const thread = pick(
      known.filter((stream) => stream.type === 'thread' && sees(who, stream)),
      at,
    );
    if (!thread) return;
    await joinStream(app, people[who], { streamId: thread.id });
    thread.members.add(who);
    return;
  }
  const stream = pick(
    known.filter(({ type, members }) => type === 'channel' && members.has(who) === (what === 'takeOut')),
    at,
  );
  if (!stream) return;
  if (what === 'invite') {
    await inviteMembers(app, people.founder, { streamId: stream.id, userIds: [people[who].userId], role: 'member' });
    stream.members.add(who);
    return;
  }
  await removeStreamMember(app, people.founder, { streamId: stream.id, userId: who });
  stream.members.delete(who);
  // Its remaining threads are no longer followed.
  for (const below of known) if (below.parent === stream && below.type === 'thread') below.members.delete(who);
}

/** Ends following of threads in the model for followers who cannot read them. */
function stopFollowing(known: readonly ModelStream[]): void {
  for (const thread of known) {
    if (thread.type !== 'thread') continue;
    for (const person of others) if (!sees(person, thread)) thread.members.delete(person);
  }
}

/** Compares the model with the rows, for each viewer, and the followers of each thread. */
async function compare(known: readonly ModelStream[]): Promise<void> {
  const { rows } = await app.test.owner.query<{ stream_id: string; user_id: string }>(
    'select stream_id, user_id from stream_members where workspace_id = $1 and left_at is null',
    [workspaceId],
  );
  const stored = Map.groupBy(rows, ({ stream_id }) => stream_id);
  for (const { id, members } of known)
    expect({ id, members: (stored.get(id) ?? []).map(({ user_id }) => user_id).sort() }).toEqual({ id, members: [...members].sort() });
  const ids = known.map(({ id }) => id);
  for (const person of Object.keys(viewerRoles) as Viewer[]) {
    const found = await app.db.transaction({ workspaceId }, (tx) => findStreams(tx, person, ids));
    const seen = new Set<string>(found.filter(maySee).map(({ stream }) => stream.id));
    const model = known.filter((stream) => sees(person, stream)).map(({ id }) => id);
    expect({ person, sees: ids.filter((id) => seen.has(id)) }).toEqual({ person, sees: model });
  }
}

describe('policy: visibility after any history', () => {
  test('follows the parents, after branching, promoting, opening, closing, joining and leaving', async () => {
    const steps = { taken: 0, deepest: 0 };
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 15, maxLength: 30 }), async (history) => {
        const known: ModelStream[] = [];
        await resetWorkspace();
        await take(known, { do: 'create', visibility: 'private' });
        for (const one of history) {
          await take(known, one);
          stopFollowing(known);
          steps.taken++;
          await compare(known);
        }
        for (const stream of known) {
          let depth = 0;
          for (let up: ModelStream | undefined = stream; up; up = up.parent) depth++;
          steps.deepest = Math.max(steps.deepest, depth);
        }
        // Lists agree with single streams; threads are listed only for their followers.
        for (const person of others) {
          const { items } = await listStreams(app, people[person], { limit: 200, sort: 'name', status: 'any' });
          const listed = items.map(({ id }) => id as string);
          const model = known.filter((stream) => sees(person, stream) && (stream.type !== 'thread' || stream.members.has(person)));
          expect({ person, listed: listed.toSorted() }).toEqual({ person, listed: model.map(({ id }) => id).toSorted() });
        }
      }),
      { numRuns: 40 },
    );
    expect(steps.taken).toBeGreaterThan(100);
    expect(steps.deepest).toBeGreaterThanOrEqual(3);
  });
});
