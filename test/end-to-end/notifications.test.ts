import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import pg from 'pg';
import type { Browser, Worker } from 'playwright-core';
import { createStreambed } from '../../client/http/http.ts';
import type { WorkspaceClient } from '../../client/http/http.ts';
import type { Stream } from '../../contract/stream.ts';
import { startLocal } from '../../local/run.ts';
import type { Local } from '../../local/run.ts';
import { createTestDevice } from '../support/push/decrypt-push.ts';
import { startPushService } from '../support/push/receive-pushes.ts';
import type { PushService } from '../support/push/receive-pushes.ts';
import { limit } from '../support/slowness.ts';
import { launchBrowser } from './browser.ts';
import { Person } from './person.ts';

/**
 * A notification, from the post to the service worker in a browser. The push service is ours: Chromium's own is on the internet. What it gets is
 * opened by an implementation of RFC 8291 of the tests, and handed to the browser as a push service does. The headless Chromium refuses to show
 * notifications, so what the service worker and the page ask of it is recorded.
 */
jest.setTimeout(limit(120_000));
let service: PushService;
let local: Local;
let browser: Browser;
let maya: WorkspaceClient;
let stream: Stream;
const device = createTestDevice();
const user = (n: number) => {
  const found = local.demo?.users[n];
  if (!found) throw new Error(`There is no user ${n}`);
  return found;
};

beforeAll(async () => {
  service = await startPushService();
  [local, browser] = await Promise.all([
    startLocal({ port: 0, ephemeral: true, quiet: true, environment: { PUSH_HOSTS: service.origin } }),
    launchBrowser(),
  ]);
  maya = createStreambed({ baseUrl: local.baseUrl, token: user(0).token }).workspace(local.demo?.workspaceId ?? '');
  stream = await maya.streams.create({ streamType: 'channel', name: 'Push' });
  await maya.streams.invite(stream.id, { userIds: [user(1).id, user(2).id] });
}, limit(120_000));
afterAll(async () => {
  await browser?.close();
  await local?.stop();
  await service?.stop();
});

interface Shown {
  readonly title: string;
  readonly body: string;
  readonly tag: string;
  readonly data: object;
  readonly badge?: number | undefined;
}
declare const shownTags: string[];

/** Puts our push service in the place of Chromium's, and allows notifications. All else of the page is as it is. */
const subscribeHere = ({ endpoint, p256dh, auth }: { endpoint: string; p256dh: string; auth: string }): void => {
  if (!('serviceWorker' in navigator)) return;
  const bytes = (text: string): ArrayBuffer =>
    Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (character) => character.charCodeAt(0)).buffer;
  const subscription = {
    endpoint,
    options: {} as { applicationServerKey?: ArrayBuffer },
    getKey: (name: string) => bytes(name === 'auth' ? auth : p256dh),
    unsubscribe: async () => true,
  };
  let made = false;
  PushManager.prototype.getSubscription = async () => (made ? (subscription as unknown as PushSubscription) : null);
  PushManager.prototype.subscribe = async (options) => {
    made = true;
    const key = options?.applicationServerKey;
    if (typeof key !== 'string') throw new TypeError('The page gives its key as text.');
    subscription.options.applicationServerKey = bytes(key);
    return subscription as unknown as PushSubscription;
  };
  Object.defineProperty(Notification, 'permission', { get: () => (made ? 'granted' : 'default') });
  Notification.requestPermission = async () => 'granted';
  Object.assign(globalThis, { shownTags: [] });
  ServiceWorkerRegistration.prototype.getNotifications = async () =>
    shownTags.map((tag) => ({ tag, close: () => shownTags.splice(shownTags.indexOf(tag), 1) }) as unknown as Notification);
};

/** Runs in the service worker: hands it a push as the browser does, and returns what it shows. */
const pushed = async (data: string): Promise<Shown[]> => {
  const scope = self as unknown as ServiceWorkerGlobalScope;
  const shown: Shown[] = [];
  scope.registration.showNotification = async (title, { body = '', tag = '', data: given } = {}) => {
    shown.push({ title, body, tag, data: given as object });
  };
  // The headless Chromium has no badges, and dies when it is asked for one.
  let badge: number | undefined;
  Object.defineProperty(scope.navigator, 'setAppBadge', { configurable: true, value: async (count: number) => void (badge = count) });
  const work: unknown[] = [];
  const event = new PushEvent('push', { data });
  event.waitUntil = (promise) => void work.push(promise);
  scope.dispatchEvent(event);
  await Promise.all(work);
  return shown.map((one) => ({ ...one, badge }));
};

/** Runs in the service worker: clicks a notification. */
const click = async (data: object): Promise<void> => {
  const work: unknown[] = [];
  const clicked = { notification: { data, close: () => undefined }, waitUntil: (promise: unknown) => void work.push(promise) };
  self.dispatchEvent(Object.assign(new Event('notificationclick'), clicked));
  await Promise.all(work);
};

const workerOf = async ({ context }: Person): Promise<Worker> =>
  context.serviceWorkers().at(-1) ?? (await context.waitForEvent('serviceworker'));

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 100));
async function until(isTrue: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + limit(60_000);
  while (!(await isTrue()) && Date.now() < end) await pause();
}

test('a mention of who is away reaches the service worker, and opens at the message; what was read is withdrawn', async () => {
  const { id, name } = user(1);
  const jonas = await Person.arrive(browser, local.baseUrl);
  await jonas.context.addInitScript(subscribeHere, { endpoint: `${service.origin}/jonas`, ...device.keys });
  await jonas.page.reload();
  await jonas.signInAs(name);
  await jonas.page.getByRole('button', { name: `Account: ${name}` }).click();
  await jonas.page.getByRole('menuitem', { name: 'Notifications' }).click();
  const dialog = jonas.page.getByRole('dialog', { name: 'Notifications' });
  await dialog.getByRole('button', { name: 'Turn on here' }).click();
  await dialog.getByText('This browser tells you').waitFor();
  await jonas.page.keyboard.press('Escape');

  // Who looks at the page is told of nothing. Notifications of other devices' streams are withdrawn when they are read here.
  await maya.events(stream.id).post({ text: `Are you there, @${id}?` });
  await jonas.page.getByRole('link', { name: /Push 1 mention/ }).waitFor();
  await jonas.page.evaluate((tag) => shownTags.push(tag, 'str_of_another'), stream.id as string);
  await jonas.open('Push');
  await jonas.page.waitForFunction(() => shownTags.length === 1);
  await jonas.page.goto('about:blank');

  const event = await maya.events(stream.id).post({ text: `Look at this, @${id}` });
  await until(() => service.received.length > 0);
  const payloads = service.received.map(({ body }) => device.open(body));
  expect(payloads).toHaveLength(1);
  const [payload = '{}'] = payloads;
  const { notification } = JSON.parse(payload) as { notification: { navigate: string } };
  expect(notification.navigate).toBe(`${local.baseUrl}/?p=s:${stream.id}&at=${event.seq}`);

  await jonas.page.goto(`${local.baseUrl}/?p=a`);
  await jonas.page.getByRole('button', { name: `Account: ${name}` }).waitFor();
  const shown = await (await workerOf(jonas)).evaluate(pushed, payload);
  expect(shown).toEqual([
    {
      title: `${user(0).name} mentioned you in Push`,
      body: expect.stringContaining('Look at this'),
      tag: stream.id,
      data: { path: `/?p=s:${stream.id}&at=${event.seq}` },
      badge: 1,
    },
  ]);
  // A click leads to the message in the window that is there.
  await (await workerOf(jonas)).evaluate(click, shown[0]?.data ?? {});
  await jonas.title('Push').waitFor();
  await jonas.log().getByText('Look at this').waitFor();
  expect(jonas.errors).toEqual([]);
  await jonas.leave();
});

test('a mail tells who has no device of mentions that are unread after a quarter of an hour, and ends with one click', async () => {
  const { id } = user(2);
  await maya.events(stream.id).post({ text: `And you, @${id}?` });
  const queue = local.nameOf('NotificationsNotifyQueueQueue');
  await until(() => local.queues.messages(queue).some(({ body }) => body.includes('mail-due')));
  // A quarter of an hour goes by.
  const client = new pg.Client({ connectionString: local.postgres.superuserDsn() });
  await client.connect();
  await client.query(`update notifications set created_at = created_at - interval '15 minutes' where user_id = $1`, [id]);
  await client.end();
  local.queues.expireVisibility(queue);
  await until(() => local.mail.mails.length > 0);
  const [mail] = local.mail.mails;
  const headers = { 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' };
  expect(mail).toMatchObject({ from: 'streambed@local.example', to: [`${id}@northwind.example`], headers });
  expect(mail?.text).toContain('And you');
  const address = mail?.headers['List-Unsubscribe']?.slice(1, -1) ?? '';
  expect(address.startsWith(`${local.baseUrl}/v1/mail/`)).toBe(true);
  const answer = await fetch(address, { method: 'POST', body: new URLSearchParams({ 'List-Unsubscribe': 'One-Click' }) });
  expect([answer.status, await answer.text()]).toEqual([200, expect.stringContaining('no more mails')]);
});
