import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { MailDelivery, NotifyMessage } from '../../../contract/messages/notifications.ts';
import type { Stream } from '../../../contract/stream.ts';
import { notify } from '../../../functions/notifications/notify.ts';
import { graceSeconds } from '../../../functions/realtime/nudges.ts';
import { createTestApp, testVapidKeys } from '../../support/app.ts';
import type { TestApp } from '../../support/app.ts';
import { httpOf } from '../../support/http.ts';
import { createTeam } from '../../support/team.ts';
import type { Team, Teammate } from '../../support/team.ts';

/** Mails of unread mentions, for members without a device that gets notifications. */
let app: TestApp;
let worker: TestApp['db'];
let team: Team;
let ada: Teammate;
let bob: Teammate;
let stream: Stream;
beforeAll(async () => {
  app = await createTestApp();
  worker = app.test.open('worker');
});
afterAll(() => app.test.drop());
beforeEach(async () => {
  app.time = new Date('2026-11-20T12:00:00Z');
  team = await createTeam(app);
  ada = await team.join('ada', 'owner');
  bob = await team.join('bob');
  await app.test.owner.query(`update users set email = 'bob@acme.example' where id = 'bob'`);
  stream = await ada.channel('Talk & <More>');
  await bob.call('POST', `/streams/${stream.id}/join`);
  app.notifyMessages.length = 0;
  app.deliveries.length = 0;
});

const later = (seconds: number) => (app.time = new Date(app.time.getTime() + seconds * 1_000));
const run = (message: NotifyMessage) =>
  notify({ ...app, db: worker, presence: app.kit.presence, sendsMail: true, publicUrl: 'https://talk.example.com' }, message);
const decide = async () => {
  later(graceSeconds);
  await run({ kind: 'news', workspaceId: stream.workspaceId, streamId: stream.id });
};
/** Handles the messages that are due in some seconds; returns the mails. */
async function pass(seconds: number): Promise<MailDelivery[]> {
  later(seconds);
  for (const { body } of app.notifyMessages.splice(0)) await run(body);
  return app.deliveries.splice(0).flatMap(({ body }) => (body.kind === 'mail' ? [body] : []));
}

test('tells of all mentions that are unread after a quarter of an hour, in one mail, once', async () => {
  await ada.say(stream, 'First, @bob');
  await decide();
  await ada.say(stream, '<b>Second</b>, @bob');
  await decide();
  expect(app.notifyMessages.map(({ body, delaySeconds }) => [body.kind, delaySeconds])).toEqual([['mail-due', 900]]);
  const [mail, ...more] = await pass(900);
  expect(more).toEqual([]);
  expect(mail).toMatchObject({ to: 'bob@acme.example', subject: '2 unread mentions in Acme' });
  expect(mail?.text.indexOf('First')).toBeLessThan(mail?.text.indexOf('Second') ?? 0);
  expect(mail?.html).toContain('&lt;b&gt;Second&lt;/b&gt;, @bob');
  expect(mail?.html).toContain('Talk &amp; &lt;More&gt;');
  expect(mail?.html).not.toContain('<b>Second');
  await decide();
  expect(await pass(900)).toEqual([]);
  await ada.say(stream, 'Third, @bob');
  await decide();
  expect((await pass(900)).map(({ subject }) => subject)).toEqual(['ADA mentioned you in Talk & <More> (Acme)']);
});

test('is not sent for what was read, to who has a device, asked for none, has no address, or was removed', async () => {
  const acts: (() => Promise<unknown>)[] = [
    () => bob.read(stream),
    () =>
      httpOf(app)({
        method: 'POST',
        path: '/api/register-subscriptions',
        token: bob.token,
        json: { endpoint: 'https://fcm.googleapis.com/x', keys: { p256dh: testVapidKeys[0]?.publicKey, auth: 'A'.repeat(22) } },
      }),
    () => bob.call('PUT', '/notifications/settings', { level: null, quietHours: null, incidents: true, email: false }),
    () => app.test.owner.query(`update users set email = null where id = 'bob'`),
    () => ada.call('DELETE', '/members/bob'),
  ];
  for (const act of acts) {
    await ada.say(stream, 'Look, @bob');
    await decide();
    await act();
    expect(await pass(900)).toEqual([]);
    await app.test.owner.query('delete from push_subscriptions');
    await app.test.owner.query(`update users set email = 'bob@acme.example' where id = 'bob'`);
    await app.test.owner.query('delete from notification_settings');
  }
});

test('waits for the end of quiet hours', async () => {
  const quietHours = { from: '12:00', to: '12:40', timeZone: 'UTC' };
  await bob.call('PUT', '/notifications/settings', { level: null, quietHours, incidents: true, email: true });
  await ada.say(stream, 'Look, @bob');
  await decide();
  expect(await pass(900)).toEqual([]);
  expect(await pass(900)).toEqual([]);
  expect(await pass(900)).toHaveLength(1);
});

test('waits for a younger mention, which has its own quarter of an hour', async () => {
  await ada.say(stream, 'Early, @bob');
  await decide();
  later(600);
  await ada.say(stream, 'Late, @bob');
  await decide();
  const [first] = await pass(300);
  expect(first?.text).toContain('Early');
  expect(first?.text).not.toContain('Late');
  expect((await pass(900)).map(({ text }) => text.includes('Late'))).toEqual([true]);
});

test('holds no text where the workspace says so, and one line in its subject whatever a name holds', async () => {
  await ada.call('PUT', '/notifications/defaults', { level: 'default', showText: false });
  await app.test.owner.query(`update users set name = E'Ada\\r\\nBcc: all@acme.example' where id = 'ada'`);
  await ada.say(stream, 'The password is hunter2, @bob');
  await decide();
  const [mail] = await pass(900);
  expect(mail?.text + String(mail?.html)).not.toContain('hunter2');
  expect(mail?.subject).not.toMatch(/[\r\n]/);
});

test('ends with one click, which looking at its link does not do', async () => {
  await ada.say(stream, 'Look, @bob');
  await decide();
  const [mail] = await pass(900);
  const path = new URL(mail?.unsubscribeUrl ?? '').pathname;
  const http = httpOf(app);
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const email = async () => ((await bob.call('GET', '/notifications/settings')).body as { email: boolean }).email;
  const shown = await http({ path });
  expect([shown.status, shown.headers['content-type'], await email()]).toEqual([200, 'text/html; charset=utf-8', true]);
  for (let i = 0; i < 2; i++) expect((await http({ method: 'POST', path, raw: 'List-Unsubscribe=One-Click', headers })).status).toBe(200);
  expect(await email()).toBe(false);
  const other = await createTeam(app);
  for (const wrong of [`${path.slice(0, -1)}_`, path.replace(stream.workspaceId, other.workspaceId), '/v1/mail/x'])
    expect((await http({ method: 'POST', path: wrong, raw: '', headers })).status).toBe(404);
});
