import { createECDH } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { PushDelivery } from '../../../contract/messages/notifications.ts';
import { PushPayload, maxPushBytes } from '../../../contract/push.ts';
import type { Stream } from '../../../contract/stream.ts';
import { notify } from '../../../functions/notifications/notify.ts';
import { graceSeconds } from '../../../functions/realtime/nudges.ts';
import { createTestApp, testVapidKeys } from '../../support/app.ts';
import type { TestApp } from '../../support/app.ts';
import { httpOf } from '../../support/http.ts';
import { createTeam } from '../../support/team.ts';
import type { Team, Teammate } from '../../support/team.ts';

/** Whom a stream's news are sent to, as the worker decides it after the grace. */
let app: TestApp;
let worker: TestApp['db'];
let team: Team;
let ada: Teammate;
let bob: Teammate;
let cyd: Teammate;
let stream: Stream;
beforeAll(async () => {
  app = await createTestApp();
  worker = app.test.open('worker');
});
afterAll(() => app.test.drop());

let numbered = 0;
const later = (seconds: number) => (app.time = new Date(app.time.getTime() + seconds * 1_000));
async function device(who: Teammate, more: object = {}): Promise<void> {
  const ecdh = createECDH('prime256v1');
  const keys = { p256dh: ecdh.generateKeys().toString('base64url'), auth: Buffer.alloc(16, 1).toString('base64url') };
  const json = { endpoint: `https://fcm.googleapis.com/fcm/send/${++numbered}`, keys, ...more };
  const answer = await httpOf(app)({ method: 'POST', path: '/api/register-subscriptions', token: who.token, json });
  if (answer.status !== 201) throw new Error(JSON.stringify(answer.body));
}
beforeEach(async () => {
  team = await createTeam(app);
  ada = await team.join('ada', 'owner');
  bob = await team.join('bob');
  cyd = await team.join('cyd');
  stream = await ada.channel('Talk');
  for (const who of [bob, cyd]) await who.call('POST', `/streams/${stream.id}/join`);
  for (const who of [ada, bob, cyd]) await device(who);
  app.notifyMessages.length = 0;
  app.deliveries.length = 0;
});

const notifyApp = () => ({ ...app, db: worker, presence: app.kit.presence, sendsMail: true, publicUrl: 'https://talk.example.com' });
const workspaceId = () => stream.workspaceId;
const decide = (of: Pick<Stream, 'id'> = stream) => notify(notifyApp(), { kind: 'news', workspaceId: workspaceId(), streamId: of.id });
/** Lets the grace pass, decides, and returns what is sent to whom. */
async function told(of: Pick<Stream, 'id'> = stream, seconds = graceSeconds): Promise<Record<string, string[]>> {
  later(seconds);
  await decide(of);
  return sent();
}
async function sent(): Promise<Record<string, string[]>> {
  const { rows } = await app.test.owner.query<{ id: string; user_id: string }>('select id, user_id from push_subscriptions');
  const owners = new Map(rows.map(({ id, user_id }) => [id, user_id]));
  const all: Record<string, string[]> = {};
  for (const { subscriptionId, payload } of pushes().flatMap(({ targets }) => targets)) {
    const { title, body } = PushPayload.parse(JSON.parse(payload)).notification;
    (all[owners.get(subscriptionId) ?? ''] ??= []).push(`${title}: ${body}`);
  }
  app.deliveries.length = 0;
  return all;
}
const pushes = () => app.deliveries.flatMap(({ body }) => (body.kind === 'push' ? [body] : ([] as PushDelivery[])));
const looks = (who: Teammate, state: 'active' | 'away' | 'hidden' = 'active') =>
  app.kit.presence.renew({ workspaceId: workspaceId(), userId: who.id, deviceId: 'laptop' }, state);
const setLevel = (who: Teammate, notifyLevel: string, of: Pick<Stream, 'id'> = stream) =>
  who.call('PATCH', `/streams/${of.id}/members/${who.id}`, { notifyLevel });
const set = (who: Teammate, settings: object) =>
  who.call('PUT', '/notifications/settings', { level: null, quietHours: null, incidents: true, email: true, ...settings });

describe('A notification', () => {
  test('tells of a mention, and of nothing that concerns nobody', async () => {
    await ada.say(stream, 'Nobody in particular');
    expect(await told()).toEqual({});
    await ada.say(stream, 'Look, @bob');
    expect(await told()).toEqual({ bob: ['ADA mentioned you in Talk: Look, @bob'] });
    expect(await told()).toEqual({});
  });

  test('tells all but the author of @here, and of several messages once', async () => {
    await ada.say(stream, 'Lunch, @here');
    await ada.say(stream, 'Now, @bob and @cyd');
    await ada.say(stream, 'Really, @bob');
    expect(await told()).toEqual({
      bob: ['ADA mentioned you in Talk: Really, @bob (+2 more)'],
      cyd: ['ADA mentioned you in Talk: Now, @bob and @cyd (+1 more)'],
    });
  });

  test('tells of a direct message, and of replies to who follows the thread', async () => {
    const dm = await ada.dm('bob');
    await ada.say(dm, 'Psst');
    expect(await told(dm)).toEqual({ bob: ['ADA: Psst'] });
    const root = await cyd.say(stream, 'A question');
    const thread = await cyd.thread(stream, root);
    await bob.say(thread, 'An answer');
    expect(await told(thread)).toEqual({ cyd: ['BOB in a thread: An answer'] });
    await cyd.say(thread, 'Thanks');
    expect(await told(thread)).toEqual({ bob: ['CYD in a thread: Thanks'] });
  });

  test('tells everybody of an incident that is opened, reopened or worse, but for its author, and of no better one', async () => {
    const outage = (await ada.call('POST', '/streams', { streamType: 'incident', name: 'Outage', severity: 'sev2' }))
      .body as unknown as Stream;
    expect(await told(outage)).toEqual({ bob: ['Incident: Outage: SEV2: opened'], cyd: ['Incident: Outage: SEV2: opened'] });
    expect(await told(outage)).toEqual({});
    await ada.call('PATCH', `/streams/${outage.id}`, { severity: 'sev3' });
    expect(await told(outage)).toEqual({});
    await ada.call('PATCH', `/streams/${outage.id}`, { severity: 'sev1' });
    await set(cyd, { incidents: false });
    expect(await told(outage)).toEqual({ bob: ['Incident: Outage: SEV1: raised from SEV3 by ADA'] });
    await ada.call('PATCH', `/streams/${outage.id}`, { status: 'resolved' });
    await ada.call('PATCH', `/streams/${outage.id}`, { status: 'active' });
    expect(await told(outage)).toEqual({ bob: ['Incident: Outage: SEV1: reopened by ADA'] });
  });

  test('tells of a thread that became an incident', async () => {
    const root = await ada.say(stream, 'It burns');
    const thread = await ada.thread(stream, root);
    await ada.call('POST', `/streams/${thread.id}/promote`, { streamType: 'incident', name: 'Fire', severity: 'sev1' });
    expect(await told(thread)).toEqual({ bob: ['Incident: Fire: SEV1: opened'], cyd: ['Incident: Fire: SEV1: opened'] });
  });

  test('comes as a declarative one, with its place and badge, in the stream’s topic', async () => {
    await app.test.owner.query('delete from push_subscriptions where user_id = $1', ['bob']);
    await device(bob, { origin: 'https://talk.example.com' });
    const event = await ada.say(stream, 'Look, @bob');
    later(graceSeconds);
    await decide();
    const [delivery] = pushes();
    expect(delivery).toMatchObject({ topic: stream.id, urgency: 'high', attempt: 0 });
    expect(delivery?.topic).toMatch(/^[\w-]{1,32}$/);
    const { notification } = PushPayload.parse(JSON.parse(delivery?.targets[0]?.payload ?? ''));
    expect(notification).toMatchObject({
      navigate: `https://talk.example.com/?p=s:${stream.id}&at=${event.seq}`,
      tag: stream.id,
      app_badge: '1',
      data: { streamId: stream.id, seq: event.seq },
    });
  });

  test('fits, whatever was written, and cuts between characters', async () => {
    const family = '👩‍👩‍👧‍👦';
    await ada.say(stream, `@bob ${family.repeat(400)}`);
    await ada.say(stream, `@cyd ${'日本語'.repeat(1_500)} ${'"\\'.repeat(500)}`);
    later(graceSeconds);
    await decide();
    const payloads = pushes().flatMap(({ targets }) => targets.map(({ payload }) => payload));
    expect(payloads).toHaveLength(2);
    for (const payload of payloads) expect(Buffer.byteLength(payload)).toBeLessThanOrEqual(maxPushBytes);
    const bodies = payloads.map((payload) => PushPayload.parse(JSON.parse(payload)).notification.body ?? '');
    const [shown] = bodies.filter((body) => body.includes('👩'));
    expect((shown ?? '').replace('@bob ', '').replaceAll(family, '')).toMatch(/^…?$/);
  });

  test('holds no text where the workspace says so', async () => {
    expect(await bob.refused('PUT', '/notifications/defaults', { level: 'default', showText: false })).toBe('forbidden');
    await ada.call('PUT', '/notifications/defaults', { level: 'default', showText: false });
    await ada.say(stream, 'The password is hunter2, @bob');
    expect(await told()).toEqual({ bob: ['ADA mentioned you in Talk: New message'] });
  });
});

describe('Nobody is notified', () => {
  test('of what they have read meanwhile, or deleted, or of what was said before they could see it', async () => {
    const event = await ada.say(stream, 'Look, @bob, @cyd');
    await bob.read(stream);
    expect(await told()).toEqual({ cyd: [expect.stringContaining('Look')] });
    const gone = await ada.say(stream, 'Oops, @bob');
    await ada.call('DELETE', `/streams/${stream.id}/events/${gone.id}`);
    expect(await told()).toEqual({});
    expect(event.seq).toBeGreaterThan(0);
  });

  test('who lost the stream before it was decided, or left the workspace', async () => {
    await ada.say(stream, 'Look, @bob, @cyd');
    await cyd.call('POST', `/streams/${stream.id}/leave`).catch(() => cyd.call('DELETE', `/streams/${stream.id}/members/cyd`));
    await ada.call('PATCH', `/streams/${stream.id}`, { visibility: 'private' });
    await ada.call('DELETE', '/members/bob');
    expect(await told()).toEqual({});
  });

  test('who muted the stream, or asked for silence; and who asked for all is told of all', async () => {
    await setLevel(bob, 'none');
    await setLevel(cyd, 'all');
    await ada.say(stream, 'Plain');
    await ada.say(stream, 'For @bob');
    expect(await told()).toEqual({ cyd: ['ADA in Talk: For @bob (+1 more)'] });
    await setLevel(bob, 'default');
    await set(bob, { level: 'none' });
    await set(cyd, { level: 'none' });
    await setLevel(cyd, 'default');
    await ada.say(stream, 'For @bob and @cyd');
    expect(await told()).toEqual({});
    await set(bob, { level: 'all' });
    await setLevel(cyd, 'mentions');
    await ada.say(stream, 'Plain again');
    expect(await told()).toEqual({ bob: ['ADA in Talk: Plain again'] });
    await ada.say(stream, 'For @cyd');
    expect(await told()).toEqual({ bob: ['ADA in Talk: For @cyd'], cyd: ['ADA mentioned you in Talk: For @cyd'] });
  });

  test('but by the level of the workspace where they set none', async () => {
    await ada.call('PUT', '/notifications/defaults', { level: 'all', showText: true });
    await set(cyd, { level: 'default' });
    await ada.say(stream, 'Plain');
    expect(await told()).toEqual({ bob: ['ADA in Talk: Plain'] });
  });

  test('in their quiet hours, by their own clock', async () => {
    app.time = new Date('2026-11-20T21:30:00Z');
    await set(bob, { quietHours: { from: '22:00', to: '07:00', timeZone: 'Europe/Berlin' } });
    await set(cyd, { quietHours: { from: '22:00', to: '07:00', timeZone: 'America/New_York' } });
    await ada.say(stream, 'Late, @bob, @cyd');
    expect(Object.keys(await told())).toEqual(['cyd']);
  });

  test('of what is older than ten minutes: it was imported, or waited', async () => {
    await ada.say(stream, 'Old news, @bob');
    expect(await told(stream, 11 * 60)).toEqual({});
  });

  test('of another workspace’s streams', async () => {
    await ada.say(stream, 'Look, @bob');
    const other = await createTeam(app);
    later(graceSeconds);
    await notify(notifyApp(), { kind: 'news', workspaceId: other.workspaceId, streamId: stream.id });
    expect(await sent()).toEqual({});
  });
});

describe('Who looks at the app', () => {
  test('is not notified; who hid it, or closed it, is', async () => {
    await looks(bob);
    await looks(cyd, 'hidden');
    await ada.say(stream, 'Look, @bob, @cyd');
    expect(Object.keys(await told())).toEqual(['cyd']);
  });

  test('is notified after all when the device turns out to be gone, once', async () => {
    await looks(bob);
    await ada.say(stream, 'Look, @bob');
    expect(await told()).toEqual({});
    const second = app.notifyMessages.filter(({ body }) => body.kind === 'second-look');
    expect(second).toMatchObject([{ delaySeconds: 80 }]);
    later(80);
    for (let i = 0; i < 2; i++) for (const { body } of second) await notify(notifyApp(), body);
    expect(await sent()).toEqual({ bob: ['ADA mentioned you in Talk: Look, @bob'] });
  });

  test('is left alone when the device is still there, or when it was read', async () => {
    for (const act of [() => looks(bob), () => bob.read(stream)]) {
      await looks(bob);
      await ada.say(stream, 'Look, @bob');
      await told();
      const second = app.notifyMessages.splice(0).filter(({ body }) => body.kind === 'second-look');
      later(80);
      await act();
      for (const { body } of second) await notify(notifyApp(), body);
      expect(await sent()).toEqual({});
    }
  });
});

describe('A decision', () => {
  test('is made once, however often the message comes', async () => {
    await ada.say(stream, 'Look, @bob');
    later(graceSeconds);
    await Promise.all([decide(), decide(), decide()]);
    expect(await sent()).toEqual({ bob: ['ADA mentioned you in Talk: Look, @bob'] });
  });

  test('is made again when the queue did not take the notifications', async () => {
    await ada.say(stream, 'Look, @bob');
    later(graceSeconds);
    const queues = { ...app.queues, sendLater: () => Promise.reject(new Error('connect ECONNREFUSED')) };
    await expect(
      notify({ ...notifyApp(), queues }, { kind: 'news', workspaceId: workspaceId(), streamId: stream.id }),
    ).rejects.toBeDefined();
    expect(await told()).toEqual({ bob: ['ADA mentioned you in Talk: Look, @bob'] });
  });

  test('waits for the grace of each event', async () => {
    await ada.say(stream, 'First, @bob');
    later(10);
    await ada.say(stream, 'Second, @cyd');
    expect(Object.keys(await told(stream, 6))).toEqual(['bob']);
    expect(Object.keys(await told(stream, 10))).toEqual(['cyd']);
  });

  test('takes as many statements for a thousand members as for one, and one message for fifty devices', async () => {
    const few = worker.statements;
    await ada.say(stream, 'Look, @bob');
    await told();
    const one = worker.statements - few;
    await app.test.owner.query(
      `insert into users (workspace_id, id, name, email, created_at, updated_at)
       select $1, 'm' || i, 'M' || i, null, now(), now() from generate_series(1, 400) i`,
      [workspaceId()],
    );
    await app.test.owner.query(
      `insert into workspace_members (workspace_id, user_id, role, joined_at) select $1, 'm' || i, 'member', now() from generate_series(1, 400) i`,
      [workspaceId()],
    );
    await app.test.owner.query(
      `insert into stream_members (stream_id, user_id, workspace_id, joined_at) select $2, 'm' || i, $1, now() from generate_series(1, 400) i`,
      [workspaceId(), stream.id],
    );
    await app.test.owner.query(
      `insert into push_subscriptions (id, workspace_id, user_id, endpoint, p256dh, auth, public_key, created_at, seen_at)
       select 'psh_x' || i, $1, 'm' || i, 'https://fcm.googleapis.com/' || i, $2, 'x', $3, now(), now() from generate_series(1, 400) i`,
      [workspaceId(), testVapidKeys[0]?.publicKey, testVapidKeys[0]?.publicKey],
    );
    await ada.say(stream, 'All of you, @here');
    later(graceSeconds);
    const before = worker.statements;
    await decide();
    expect(worker.statements - before).toBe(one);
    expect(pushes().map(({ targets }) => targets.length)).toEqual([50, 50, 50, 50, 50, 50, 50, 50, 2]);
  });
});
