import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openLiveStream } from '../../client/stream/live-stream.ts';
import type { LiveStream } from '../../client/stream/live-stream.ts';
import { openLiveWorkspace } from '../../client/workspace/live-workspace.ts';
import type { LiveWorkspace } from '../../client/workspace/live-workspace.ts';
import type { StreamEvent } from '../../contract/event.ts';
import type { Stream } from '../../contract/stream.ts';
import type { Connections } from '../../functions/realtime/connections.ts';
import { createTestApp } from '../support/app.ts';
import type { TestApp } from '../support/app.ts';
import { createTestConnections } from '../support/connections.ts';
import { createLiveServer } from '../support/live-server.ts';
import type { LiveServer } from '../support/live-server.ts';
import { createTeam } from '../support/team.ts';
import type { Team, Teammate } from '../support/team.ts';

/**
 * Convergence: after each action, the state that frames have built in a client equals the state that a new client reads. Compared for the
 * actor, another member, a member who is not in the stream, and a guest.
 */
let app: TestApp & { connections: Connections };
let registry: Awaited<ReturnType<typeof createTestConnections>>;
let server: LiveServer;
let team: Team;
let ada: Teammate;
let bob: Teammate;
let cyd: Teammate;
let gus: Teammate;
let viewers: Viewer[];

interface Viewer {
  readonly who: Teammate;
  readonly workspace: LiveWorkspace;
  readonly streams: Map<string, LiveStream>;
}

beforeAll(async () => {
  const testApp = await createTestApp();
  registry = await createTestConnections(testApp.clock);
  app = Object.assign(testApp, { connections: registry.connections, subscriptions: registry.subscriptions });
  server = createLiveServer(app);
  team = await createTeam(app);
  ada = await team.join('ada', 'owner');
  bob = await team.join('bob');
  cyd = await team.join('cyd');
  gus = await team.join('gus', 'guest');
  viewers = [ada, bob, cyd, gus].map(open);
  await server.settle();
});
afterAll(async () => {
  for (const viewer of viewers) close(viewer);
  await server.settle();
  await registry.stop();
  await app.test.drop();
});

function open(who: Teammate): Viewer {
  const { streambed, socket, clock } = server.client({ token: who.token, workspaceId: team.workspaceId, userId: who.id });
  const workspace = openLiveWorkspace({ streambed, socket, workspaceId: team.workspaceId, clock });
  const streams = new Map<string, LiveStream>();
  const watch = (id: string) => openLiveStream({ streambed, socket, workspaceId: team.workspaceId, streamId: id, clock, pageSize: 200 });
  const viewer: Viewer = { who, workspace, streams };
  watching.set(viewer, watch);
  closing.set(viewer, () => socket.close());
  waking.set(viewer, () => socket.wake());
  return viewer;
}
const waking = new Map<Viewer, () => void>();
const watching = new Map<Viewer, (streamId: string) => LiveStream>();
const closing = new Map<Viewer, () => void>();
function close(viewer: Viewer): void {
  for (const stream of viewer.streams.values()) stream.close();
  viewer.workspace.close();
  closing.get(viewer)?.();
}

/** Opens streams for all viewers, including those without access. */
async function look(...streams: { id: string }[]): Promise<void> {
  for (const viewer of viewers) {
    for (const { id } of streams) {
      const watch = watching.get(viewer);
      if (watch && !viewer.streams.has(id)) viewer.streams.set(id, watch(id));
    }
  }
  await server.settle();
}

/** Visible state of a viewer: the sidebar with its counts, and each open stream. */
function pictureOf({ workspace, streams }: Viewer) {
  const { streams: listed, unreadNotifications, totals, me } = workspace.getSnapshot();
  return {
    me,
    // Lists hide archived streams; a client that had one open may keep it, to bring it back.
    listed: listed.filter(({ status }) => status !== 'archived').map(shownOf),
    unreadNotifications,
    totals,
    streams: Object.fromEntries(
      [...streams].map(([id, live]) => {
        const { events, state, problem } = live.getSnapshot();
        // A viewer who lost a stream keeps what was on the screen; only the problem is compared.
        return [id, problem ? problem.code : { state, events: events.map(shownEvent) }];
      }),
    ),
  };
}

/**
 * Event as compared. A preview is from the time when its event was read; an edit or deletion of the original refreshes it. A new name or
 * new readers of the original's stream appear only at the next read, so they are left out.
 */
const shownEvent = (event: StreamEvent) => {
  const preview = event.sharedRef?.preview;
  return {
    ...event,
    preview: preview?.state === 'visible' ? preview.text : preview?.state === 'deleted',
    sharedRef: event.sharedRef?.context,
  };
};
/** Stream as compared in lists, without its head position, which matters only to clients that have it open. */
const shownOf = ({ lastSeq: _head, ...shown }: Stream) => shown;

/** Runs an action, waits until nothing is in progress, and compares each viewer with a new client. */
async function converges(action: () => Promise<unknown>): Promise<void> {
  const shut = viewers.map(({ streams }) => [...streams].filter(([, live]) => live.getSnapshot().problem).map(([id]) => id));
  await action();
  await server.settle();
  for (const [index, viewer] of viewers.entries()) {
    // A viewer who was refused before opens the stream again, as a user does after being let in.
    for (const id of shut[index] ?? []) {
      viewer.streams.get(id)?.close();
      viewer.streams.set(id, watching.get(viewer)?.(id) as LiveStream);
    }
    await server.settle();
    const fresh = open(viewer.who);
    for (const id of viewer.streams.keys()) fresh.streams.set(id, watching.get(fresh)?.(id) as LiveStream);
    await server.settle();
    const [kept, read] = [pictureOf(viewer), pictureOf(fresh)];
    close(fresh);
    expect({ who: viewer.who.id, ...kept }).toEqual({ who: viewer.who.id, ...read });
  }
}

const url = (event: StreamEvent) => `/streams/${event.streamId}/events/${event.id}`;

describe('convergence', () => {
  let channel: Stream;
  let secret: Stream;
  let message: StreamEvent;

  test('creating a public channel, a private one, a DM, an incident', async () => {
    await converges(async () => (channel = await ada.channel('General')));
    await converges(async () => (secret = await ada.channel('Secret', { visibility: 'private' })));
    await converges(() => ada.dm('bob', 'gus'));
    await converges(() => bob.call('POST', '/streams', { streamType: 'incident', name: 'Outage one', severity: 'sev2' }));
    await look(channel, secret);
  });

  test('joining, inviting (a guest too), roles, notify levels', async () => {
    await converges(() => bob.call('POST', `/streams/${channel.id}/join`));
    await converges(() => ada.call('POST', `/streams/${secret.id}/members`, { userIds: ['bob', 'gus'] }));
    await converges(() => ada.call('PATCH', `/streams/${channel.id}/members/bob`, { role: 'admin' }));
    await converges(() => bob.call('PATCH', `/streams/${channel.id}/members/bob`, { notifyLevel: 'mentions' }));
  });

  test('posting, to one stream and to several, with mentions of one and of all', async () => {
    await converges(async () => (message = await ada.say(channel, 'hello')));
    await converges(async () => {
      for (let n = 0; n < 5; n++) await (n % 2 ? ada : bob).say(n % 3 ? channel : secret, `message ${n}`);
    });
    await converges(() => ada.say(channel, 'hello @bob and @cyd'));
    await converges(() => bob.say(secret, 'hello @gus'));
    await converges(() => ada.say(channel, '@here please'));
  });

  test('posting a poll, a file, an event of an own type', async () => {
    let poll: StreamEvent | undefined;
    const post = async (json: object) => (await ada.call('POST', `/streams/${channel.id}/events`, json)).body as unknown as StreamEvent;
    await converges(async () => (poll = await post({ eventType: 'poll', question: 'Friday?', options: ['Yes', 'No'] })));
    await converges(async () => poll && bob.call('PUT', `${url(poll)}/votes`, { optionIds: ['opt_1'] }));
    await converges(async () => poll && bob.call('PUT', `${url(poll)}/votes`, { optionIds: ['opt_2'] }));
    await converges(() => post({ eventType: 'acme.deploy', payload: { version: 3 }, text: 'Deployed' }));
    const fileId = `fil_${'0'.repeat(26)}`;
    await app.test.owner.query(
      `insert into files (id, workspace_id, stream_id, uploaded_by, name, media_type, size_bytes, created_at, uploaded_at)
       values ($1, $2, $3, 'ada', 'plan.pdf', 'application/pdf', 12, now(), now())`,
      [fileId, team.workspaceId, channel.id],
    );
    await converges(() => post({ eventType: 'file', fileId, text: 'the plan, @bob' }));
  });

  test('editing, reacting, pinning, deleting, by the author and by who manages', async () => {
    await converges(() => ada.call('PATCH', url(message), { text: 'hello @cyd' }));
    await converges(() => ada.call('PATCH', url(message), { text: 'hello again' }));
    await converges(() => bob.call('POST', `${url(message)}/reactions`, { emoji: '👍' }));
    await converges(() => bob.call('DELETE', `${url(message)}/reactions`, undefined, { emoji: '👍' }));
    await converges(() => bob.call('PUT', `${url(message)}/pin`));
    await converges(() => bob.call('DELETE', `${url(message)}/pin`));
    await converges(() => ada.call('DELETE', url(message)));
    const mention = await bob.say(channel, 'psst @cyd');
    await server.settle();
    await converges(() => ada.call('DELETE', url(mention)));
  });

  test('reading, to the end and to somewhere, and marking unread', async () => {
    const said = await ada.say(channel, 'read me');
    await ada.say(channel, 'and me, @bob');
    await server.settle();
    await converges(() => bob.read(channel, said.seq));
    await converges(() => bob.read(channel));
    await converges(() => bob.call('POST', `/streams/${channel.id}/unread`, { eventId: said.id }));
    await converges(() => gus.read(secret));
  });

  test('a thread: starting, replying, deleting a reply, following and not, promoting, sharing, resolving', async () => {
    const root = await ada.say(channel, 'errors in checkout');
    let thread: Stream | undefined;
    await converges(async () => (thread = await bob.thread(channel, root)));
    if (!thread) throw new Error('no thread');
    const { id } = thread;
    await look(thread);
    let reply: StreamEvent | undefined;
    await converges(async () => (reply = await cyd.say({ id }, '500s')));
    await converges(() => ada.say({ id }, 'many, @bob'));
    await converges(async () => reply && cyd.call('DELETE', url(reply)));
    await converges(() => cyd.call('POST', `/streams/${id}/leave`));
    await converges(() => bob.call('POST', `/streams/${id}/promote`, { streamType: 'incident', name: 'Checkout', severity: 'sev1' }));
    const cause = await ada.say({ id }, 'root cause: the pool');
    await server.settle();
    await converges(() => ada.call('POST', `/streams/${channel.id}/share`, { eventId: cause.id, context: 'found it' }));
    await converges(() => ada.call('PATCH', url(cause), { text: 'root cause: the pool size' }));
    await converges(() => ada.call('DELETE', url(cause)));
    await converges(() => bob.call('PATCH', `/streams/${id}`, { status: 'resolved' }));
    await converges(() => bob.call('PATCH', `/streams/${id}`, { status: 'active', severity: 'sev3' }));
  });

  test('sharing from where not everybody may look', async () => {
    const hidden = await ada.say(secret, 'between us');
    await converges(() => ada.call('POST', `/streams/${channel.id}/share`, { eventId: hidden.id }));
    await converges(() => ada.call('PATCH', url(hidden), { text: 'between the few of us' }));
  });

  test('renaming, describing, archiving and bringing back', async () => {
    for (const stream of [channel, secret]) {
      await converges(() => ada.call('PATCH', `/streams/${stream.id}`, { name: `${stream.name} two`, description: 'about it' }));
      await converges(() => ada.call('DELETE', `/streams/${stream.id}`));
      await converges(() => ada.call('PATCH', `/streams/${stream.id}`, { status: 'active' }));
    }
  });

  test('leaving, being removed, making private and public', async () => {
    await converges(() => bob.call('POST', `/streams/${channel.id}/leave`));
    await converges(() => ada.call('DELETE', `/streams/${secret.id}/members/gus`));
    await converges(() => ada.say(secret, 'without the guest'));
    await converges(() => ada.call('PATCH', `/streams/${channel.id}`, { visibility: 'private' }));
    await converges(() => ada.say(channel, 'among us'));
    await converges(() => ada.call('PATCH', `/streams/${channel.id}`, { visibility: 'public' }));
    await converges(() => bob.say(channel, 'back again'));
  });

  test('levels: of what inherits its readers, as roles change in it, in its parent and in the workspace, on two devices', async () => {
    const levelOf = (id: string, who: Teammate) => {
      const viewer = viewers.find((one) => one.who === who);
      return viewer?.workspace.find(id)?.level ?? null;
    };
    viewers.push(open(cyd));
    await server.settle();
    const parent = await ada.channel('Parent');
    await bob.call('POST', `/streams/${parent.id}/join`);
    const { id } = await bob.thread(parent, await ada.say(parent, 'it burns'));
    await converges(() => bob.call('POST', `/streams/${id}/promote`, { streamType: 'incident', name: 'Fire', visibility: 'inherit' }));
    const below = await ada.thread({ id }, await ada.say({ id }, 'below'));
    await converges(() => cyd.say(below, 'me too'));
    expect([ada, bob, cyd, gus].map((who) => levelOf(id, who))).toEqual(['admin', 'owner', 'visitor', null]);
    await converges(() => cyd.call('POST', `/streams/${parent.id}/join`));
    expect([levelOf(id, cyd), levelOf(below.id, cyd)]).toEqual(['insider', 'insider']);
    await converges(() => ada.call('PATCH', `/streams/${parent.id}/members/cyd`, { role: 'admin' }));
    expect([levelOf(parent.id, cyd), levelOf(id, cyd), levelOf(below.id, cyd)]).toEqual(['admin', 'admin', 'admin']);
    await converges(() => cyd.call('POST', `/streams/${parent.id}/leave`));
    expect([levelOf(parent.id, cyd), levelOf(id, cyd)]).toEqual(['visitor', 'visitor']);
    await converges(() => cyd.call('POST', `/streams/${id}/join`));
    expect([levelOf(id, cyd), levelOf(below.id, cyd)]).toEqual(['member', 'insider']);
    await converges(() => ada.call('PATCH', '/members/cyd', { role: 'admin' }));
    expect([levelOf(parent.id, cyd), levelOf(id, cyd), levelOf(below.id, cyd)]).toEqual(['admin', 'admin', 'admin']);
    await converges(() => ada.call('PATCH', '/members/cyd', { role: 'member' }));
    expect([levelOf(parent.id, cyd), levelOf(id, cyd), levelOf(below.id, cyd)]).toEqual(['visitor', 'member', 'insider']);
    await converges(() => ada.call('PATCH', `/streams/${parent.id}`, { visibility: 'private' }));
    await converges(() => ada.call('POST', `/streams/${parent.id}/members`, { userIds: ['cyd'] }));
    await converges(() => cyd.call('POST', `/streams/${parent.id}/leave`));
    expect([levelOf(parent.id, cyd), levelOf(id, cyd)]).toEqual([null, 'member']);
    await converges(() => ada.call('POST', `/streams/${parent.id}/members`, { userIds: ['cyd'] }));
    await converges(() => cyd.call('POST', `/streams/${id}/leave`));
    expect([levelOf(parent.id, cyd), levelOf(id, cyd)]).toEqual(['member', 'insider']);
    await converges(() => ada.call('PATCH', `/streams/${id}`, { visibility: 'private' }));
    expect(levelOf(id, cyd)).toBeNull();
    await converges(() => bob.call('DELETE', `/streams/${id}`));
    await converges(() => bob.call('PATCH', `/streams/${id}`, { status: 'active' }));
    viewers.splice(4).forEach(close);
  });

  test('a private parent: being invited to, leaving and recovering it, with all that inherits its readers', async () => {
    const listed = (who: Teammate) =>
      viewers
        .find((viewer) => viewer.who === who)
        ?.workspace.getSnapshot()
        .streams.map(({ id }) => id);
    const dan = await team.join('dan');
    const parent = await dan.channel('Cellar', { visibility: 'private' });
    const inner = await dan.thread(parent, await dan.say(parent, 'it leaks'));
    await dan.call('POST', `/streams/${inner.id}/promote`, { streamType: 'channel', name: 'Leak' });
    const innermost = await dan.thread(inner, await dan.say(inner, 'here'));
    await dan.call('POST', `/streams/${innermost.id}/promote`, { streamType: 'incident', name: 'Pipe' });
    await server.settle();
    await converges(() => dan.call('POST', `/streams/${parent.id}/members`, { userIds: ['bob', 'gus'] }));
    for (const who of [bob, gus]) expect(listed(who)).toEqual(expect.arrayContaining([parent.id, inner.id, innermost.id]));
    // The reader of an inner stream joins the one above it.
    await converges(() => bob.call('POST', `/streams/${inner.id}/join`));
    await converges(() => bob.call('POST', `/streams/${parent.id}/leave`));
    expect(listed(bob)).not.toContain(parent.id);
    await converges(() => dan.call('POST', `/streams/${parent.id}/members`, { userIds: ['bob'] }));
    await converges(() => ada.call('DELETE', '/members/dan'));
    expect(listed(ada)).not.toContain(inner.id);
    await converges(() => ada.call('POST', `/streams/${parent.id}/recover`));
    expect(listed(ada)).toEqual(expect.arrayContaining([parent.id, inner.id, innermost.id]));
  });

  test('a public parent: inviting a guest, who reads what inherits its readers from then on', async () => {
    const parent = await ada.channel('Market');
    const inner = await ada.thread(parent, await ada.say(parent, 'apples'));
    await ada.call('POST', `/streams/${inner.id}/promote`, { streamType: 'channel', name: 'Apples' });
    await server.settle();
    await converges(() => ada.call('POST', `/streams/${parent.id}/members`, { userIds: ['gus', 'cyd'] }));
    expect(viewers[3]?.workspace.find(inner.id)).toMatchObject({ level: 'guest' });
  });

  test('slugs: a private stream becomes public where its slug is taken', async () => {
    const [hidden] = [await ada.channel('Twice', { visibility: 'private' }), await bob.channel('Twice')];
    await converges(() => ada.call('PATCH', `/streams/${hidden.id}`, { visibility: 'public' }));
  });

  test('the registry of connections loses everybody: what was missed comes with the next ping, and what follows comes by itself', async () => {
    const connections = await Promise.all(
      viewers.map(({ who: { id: userId } }) => Array.fromAsync(app.connections.listOfUser({ workspaceId: team.workspaceId, userId }))),
    );
    const lost = connections.flat(2);
    expect(lost.length).toBeGreaterThanOrEqual(viewers.length);
    for (const connectionId of lost) await app.connections.remove(connectionId);
    await ada.say(channel, 'nobody is told');
    await converges(async () => {
      for (const viewer of viewers) waking.get(viewer)?.();
    });
    await converges(() => ada.say(channel, 'everybody is told again, @bob'));
  });

  test('notifications: reading one, and all', async () => {
    const [newest] = await bob.activity();
    await converges(() => bob.call('POST', '/notifications/read', { ids: [newest?.id] }));
    await converges(() => bob.call('POST', '/notifications/read', { upTo: newest?.id }));
  });
});
