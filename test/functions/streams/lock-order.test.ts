import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { ClientEventId, StreamId } from '../../../contract/ids.ts';
import type { EventId } from '../../../contract/ids.ts';
import type { Stream } from '../../../contract/stream.ts';
import { markNotificationsRead } from '../../../functions/notifications/mark-read.ts';
import type { App } from '../../../functions/platform/app.ts';
import type { UserCaller } from '../../../functions/platform/authenticate.ts';
import { deleteEvent } from '../../../functions/streams/events/delete-event.ts';
import { editEvent } from '../../../functions/streams/events/edit-event.ts';
import { pinEvent } from '../../../functions/streams/events/pin-event.ts';
import { postEvent } from '../../../functions/streams/events/post-event.ts';
import { addReaction } from '../../../functions/streams/events/react.ts';
import { shareEvent } from '../../../functions/streams/events/share-event.ts';
import { inviteMembers } from '../../../functions/streams/members/invite-members.ts';
import { joinStream } from '../../../functions/streams/members/join-stream.ts';
import { removeStreamMember } from '../../../functions/streams/members/leave-stream.ts';
import { updateStreamMember } from '../../../functions/streams/members/update-member.ts';
import { markRead, markUnread } from '../../../functions/streams/reading/mark-read.ts';
import { promoteStream } from '../../../functions/streams/streams/promote-stream.ts';
import { updateStream } from '../../../functions/streams/streams/update-stream.ts';
import { createThread } from '../../../functions/streams/threads/create-thread.ts';
import { updateMember } from '../../../functions/workspaces/update-member.ts';
import { aChannel, aMember, aWorkspace, createTestApp } from '../../support/app.ts';
import type { TestApp } from '../../support/app.ts';
import { limit } from '../../support/slowness.ts';

/** Rows of the scene in the order of docs/decisions/0036-one-order-of-locks.md. */
const order = ['stream', 'follower a', 'workspace', 'member a', 'member z', 'notification a', 'notification z'] as const;
type Row = (typeof order)[number];
const places: Record<Row, (scene: Scene) => [string, unknown[]]> = {
  stream: ({ stream }) => ['streams where id = $1', [stream.id]],
  'follower a': ({ stream }) => [`stream_members where stream_id = $1 and user_id = 'a'`, [stream.id]],
  workspace: ({ ada }) => ['workspaces where id = $1', [ada.workspaceId]],
  'member a': ({ ada }) => [`workspace_members where workspace_id = $1 and user_id = 'a'`, [ada.workspaceId]],
  'member z': ({ ada }) => [`workspace_members where workspace_id = $1 and user_id = 'z'`, [ada.workspaceId]],
  'notification a': ({ event }) => [`notifications where event_id = $1 and user_id = 'a'`, [event]],
  'notification z': ({ event }) => [`notifications where event_id = $1 and user_id = 'z'`, [event]],
};

/** A channel with a message that mentions `a` and `z`, and a thread on it. */
interface Scene {
  readonly ada: UserCaller;
  readonly a: UserCaller;
  readonly stream: Stream;
  readonly thread: Stream;
  readonly event: EventId;
  readonly target: { streamId: StreamId; eventId: EventId };
}

let app: TestApp;
let ada: UserCaller;
let a: UserCaller;
let holder: pg.Client;
let probe: pg.Client;

beforeAll(async () => {
  app = await createTestApp();
  const { workspaceId } = await aWorkspace(app);
  ada = await aMember(app, workspaceId, 'ada', 'owner');
  a = await aMember(app, workspaceId, 'a');
  for (const id of ['m', 'z']) await aMember(app, workspaceId, id);
  const { host, port, user } = app.test.owner;
  [holder, probe] = [0, 1].map(() => new pg.Client({ host, port, user: user!, password: 'owner', database: app.test.name })) as [
    pg.Client,
    pg.Client,
  ];
  await Promise.all([holder.connect(), probe.connect()]);
});
afterAll(async () => {
  await Promise.all([holder.end(), probe.end()]);
  await app.test.drop();
});

let scenes = 0;
async function aScene(text = 'to @a and @z'): Promise<Scene> {
  const stream = await aChannel(app, ada, `Scene ${++scenes}`);
  const streamId = StreamId.parse(stream.id);
  await inviteMembers(app, ada, { streamId, userIds: [a.userId, 'z' as never], role: 'member' });
  const { event } = await postEvent(app, ada, { streamId, text, mentions: [], clientEventId: ClientEventId.parse('first') });
  const { stream: thread } = await createThread(app, ada, { streamId, eventId: event.id });
  return { ada, a, stream, thread, event: event.id, target: { streamId, eventId: event.id } };
}

type UseCase = (app: App, scene: Scene) => Promise<unknown>;
const say =
  (text: string): UseCase =>
  (own, { target: { streamId } }) =>
    postEvent(own, ada, { streamId, text, mentions: [] });
const useCases: Record<string, UseCase> = {
  'post that mentions both': say('@z and @a'),
  'post to everybody': say('@here'),
  'post by a reader': (own, { target: { streamId } }) => postEvent(own, a, { streamId, text: 'to @z', mentions: [] }),
  'edit that mentions others': (own, { target }) => editEvent(own, ada, { ...target, text: 'now @m' }),
  'edit that mentions nobody': (own, { target }) => editEvent(own, ada, { ...target, text: 'nobody' }),
  delete: (own, { target }) => deleteEvent(own, ada, target),
  react: (own, { target }) => addReaction(own, a, { ...target, emoji: '👍' }),
  pin: (own, { target }) => pinEvent(own, ada, target),
  share: (own, { target }) => shareEvent(own, a, target),
  thread: async (own, { target: { streamId } }) => {
    const { event } = await postEvent(own, ada, { streamId, text: 'root', mentions: [] });
    return createThread(own, a, { streamId, eventId: event.id });
  },
  'mark read': (own, { target: { streamId } }) => markRead(own, a, { streamId }),
  'mark unread': (own, { target }) => markUnread(own, a, target),
  'read notifications': (own) => markNotificationsRead(own, a, { upTo: 'ntf_zzzzzzzzzzzzzzzzzzzzzzzzzz' as never }),
  invite: (own, { target: { streamId } }) => inviteMembers(own, ada, { streamId, userIds: ['m' as never], role: 'member' }),
  join: (own, { thread }) => joinStream(own, a, { streamId: thread.id }),
  'change a member of the stream': (own, { target: { streamId } }) =>
    updateStreamMember(own, ada, { streamId, userId: a.userId, role: 'admin' }),
  'remove a member of the stream': (own, { target: { streamId } }) => removeStreamMember(own, ada, { streamId, userId: a.userId }),
  rename: (own, { target: { streamId } }) => updateStream(own, ada, { streamId, name: `Renamed ${++scenes}` }),
  'make private': (own, { target: { streamId } }) => updateStream(own, ada, { streamId, visibility: 'private' }),
  promote: (own, { thread }) =>
    promoteStream(own, ada, { streamId: thread.id, streamType: 'channel', name: `Promoted ${++scenes}`, visibility: 'private' }),
  'change a member': (own) =>
    updateMember(own, ada, { userId: a.userId, role: 'admin' }).then(() => updateMember(own, ada, { userId: a.userId, role: 'member' })),
};

/** An app with a connection of its own. */
const another = (): App => ({ ...app, db: app.test.open() });

/** Holds a row while `work` runs. */
async function holding<Result>(scene: Scene, row: Row, work: () => Promise<Result>): Promise<Result> {
  const [where, values] = places[row](scene);
  await holder.query('begin');
  await holder.query(`select from ${where} for no key update`, values);
  try {
    return await work();
  } finally {
    await holder.query('rollback');
  }
}

/** Waits until `count` transactions wait for a lock, or the work is done. */
async function blocked(count: number, done: () => boolean): Promise<void> {
  const until = Date.now() + limit(5_000);
  while (!done()) {
    const { rows } = await probe.query<{ count: number }>(
      `select count(*)::int as count from pg_stat_activity where datname = current_database() and cardinality(pg_blocking_pids(pid)) > 0`,
    );
    if ((rows[0]?.count ?? 0) >= count) return;
    if (Date.now() > until) throw new Error('Nothing waits for a lock');
    await pause(1);
  }
}

/** Lists the rows that another transaction has locked. */
async function lockedRows(scene: Scene, besides: Row): Promise<Row[]> {
  const locked: Row[] = [];
  for (const row of order) {
    const [where, values] = places[row](scene);
    const there = await probe.query(`select from ${where}`, values);
    const free = await probe.query(`select from ${where} for no key update skip locked`, values);
    if (row !== besides && (free.rowCount ?? 0) < (there.rowCount ?? 0)) locked.push(row);
  }
  return locked;
}

const start = (work: Promise<unknown>) => {
  const state = {
    done: false,
    outcome: work.then(
      () => 'done',
      (error: unknown) => (error as { code?: string }).code ?? error,
    ),
  };
  void state.outcome.then(() => (state.done = true));
  return state;
};

describe('a use case takes its locks in the order', () => {
  const own: { app?: App } = {};
  test.each(Object.keys(useCases))('%s', async (name) => {
    const use = useCases[name]!;
    own.app ??= another();
    for (const row of order) {
      const scene = await aScene();
      let early: Row[] = [];
      let waited = false;
      const run = await holding(scene, row, async () => {
        const running = start(use(own.app!, scene));
        await blocked(1, () => running.done);
        waited = !running.done;
        if (waited) early = await lockedRows(scene, row);
        return running;
      });
      const outcome = await run.outcome;
      expect({ row, outcome }).toEqual({ row, outcome: 'done' });
      const later = early.filter((other) => order.indexOf(other) > order.indexOf(row));
      expect({ row, waited, later }).toEqual({ row, waited, later: [] });
    }
  });
});

/** Pairs that deadlocked. The row is held until both wait, so each order of the two is forced. */
const pairs: [string, string, Row, string?][] = [
  ['edit @z to @a', 'post that mentions both', 'member z', 'to @z'],
  ['edit @z to @a', 'post that mentions both', 'member a', 'to @z'],
  ['mark read', 'delete', 'notification a'],
  ['mark read', 'delete', 'member a'],
  ['read notifications', 'delete', 'notification a'],
  ['read notifications', 'mark read', 'notification a'],
  ['make private', 'promote', 'stream'],
  ['make private', 'post that mentions both', 'member a'],
  ['make private', 'edit that mentions others', 'member z'],
  ['remove a member of the stream', 'mark read', 'follower a'],
];
const anyUse: Record<string, UseCase> = {
  ...useCases,
  'edit @z to @a': (own, { target }) => editEvent(own, ada, { ...target, text: 'to @a' }),
  // The post goes to another stream: the two share members only.
  'post that mentions both': async (own) => {
    const elsewhere = await aChannel(app, ada, `Elsewhere ${++scenes}`);
    await postEvent(own, ada, { streamId: StreamId.parse(elsewhere.id), text: '@z and @a', mentions: [] });
  },
};

describe('two use cases at once do not deadlock', () => {
  const apps: App[] = [];
  test.each(pairs.flatMap(([one, two, row, text]) => [[one, two, row, text] as const, [two, one, row, text] as const]))(
    '%s, then %s, behind the %s',
    async (first, second, row, text) => {
      apps.push(...(apps.length === 0 ? [another(), another()] : []));
      const scene = await aScene(text);
      const running = await holding(scene, row, async () => {
        const one = start(anyUse[first]!(apps[0]!, scene));
        await blocked(1, () => one.done);
        const two = start(anyUse[second]!(apps[1]!, scene));
        await blocked(one.done ? 1 : 2, () => two.done);
        return [one, two];
      });
      for (const { outcome } of running) expect(['done', 'not_found', 'event_deleted', 'not_a_member']).toContain(await outcome);
    },
  );
});
