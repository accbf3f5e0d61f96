/// <reference lib="webworker" />
import { readPush } from './read-push.ts';

declare const self: ServiceWorkerGlobalScope;

self.addEventListener('install', () => void self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));

/** A push always shows something: browsers take the permission away otherwise. */
self.addEventListener('push', (event) => {
  const { title, badge, ...options } = readPush(event.data?.text());
  const shown = self.registration.showNotification(title, { ...options, icon: '/favicon.svg' });
  event.waitUntil(Promise.all([shown, showBadge(badge)]));
});

/** Opens the message in a window of ours that is there already, or in a new one. */
self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  const { path } = event.notification.data as { path: string };
  event.waitUntil(open(path));
});

async function open(path: string): Promise<void> {
  const windows = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
  const [window] = windows.toSorted((a, b) => Number(b.focused) - Number(a.focused));
  if (window === undefined) return void (await self.clients.openWindow(path));
  window.postMessage({ kind: 'open', path });
  await window.focus().catch(() => undefined);
}

async function showBadge(count: number | undefined): Promise<void> {
  if (count === undefined || !('setAppBadge' in self.navigator)) return;
  await self.navigator.setAppBadge(count).catch(() => undefined);
}
