import { useEffect, useEffectEvent } from 'react';
import type { Stream } from '../../../contract/stream.ts';
import { totalBadge } from '../workspace/badges.ts';
import { readPlace } from '../workspace/place.ts';
import { useStreamList, useWorkspace } from '../workspace/workspace-context.ts';
import { renewSubscription } from './device-push.ts';

/** Keeps what the system shows in step with the page: the subscription of this browser, the app's badge, and notifications that were read. */
export function useNotifications(): void {
  const { streambed, workspaceId, go } = useWorkspace();
  const { streams, loading } = useStreamList();
  const { count } = totalBadge(streams);
  useEffect(() => {
    // Notifications are a convenience: the page works without them.
    void renewSubscription(streambed.workspace(workspaceId).kit).catch(() => undefined);
  }, [streambed, workspaceId]);
  const onMessage = useEffectEvent((event: MessageEvent<unknown>) => {
    const { kind, path } = (event.data ?? {}) as { kind?: unknown; path?: unknown };
    if (kind === 'open' && typeof path === 'string') go(readPlace(path.slice(path.indexOf('?'))));
  });
  useEffect(() => {
    if (!('serviceWorker' in navigator)) return undefined;
    navigator.serviceWorker.addEventListener('message', onMessage);
    return () => navigator.serviceWorker.removeEventListener('message', onMessage);
  }, []);
  useEffect(() => {
    if (loading || !('setAppBadge' in navigator)) return;
    void navigator.setAppBadge(count).catch(() => undefined);
  }, [count, loading]);
  useEffect(() => {
    if (!loading) void closeRead(streams).catch(() => undefined);
  }, [streams, loading]);
}

/** Takes back notifications of streams that were read, here or on another device. */
async function closeRead(streams: readonly Stream[]): Promise<void> {
  if (!('serviceWorker' in navigator)) return;
  const registration = await navigator.serviceWorker.getRegistration();
  const shown = (await registration?.getNotifications()) ?? [];
  if (shown.length === 0) return;
  const read = new Set(streams.filter(({ unreadCount, mentionCount }) => unreadCount + mentionCount === 0).map(({ id }) => id as string));
  for (const notification of shown) if (read.has(notification.tag)) notification.close();
}
