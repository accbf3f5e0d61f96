import type { DeviceState } from '../../../../contract/presence.ts';

/** Time without a key, a click or a move after which a member who has the page in view is away, in milliseconds. */
const idleMs = 5 * 60_000;
/** Signs of use count once in this time. */
const noticeMs = 10_000;

/**
 * Tells whether somebody uses this page: at once when it comes into view, is hidden or closed, and when nobody has used it for a while. Returns a
 * function that stops it.
 */
export function watchPresence(tell: (state: DeviceState) => void): () => void {
  let usedAt = Date.now();
  let told: DeviceState | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const look = (): void => {
    clearTimeout(timer);
    const isVisible = document.visibilityState === 'visible';
    const idleIn = usedAt + idleMs - Date.now();
    const state = !isVisible ? 'hidden' : idleIn > 0 ? 'active' : 'away';
    if (state === 'active') timer = setTimeout(look, idleIn);
    if (state !== told) tell(state);
    told = state;
  };
  const use = (): void => {
    if (told === 'active' && Date.now() - usedAt < noticeMs) return;
    usedAt = Date.now();
    look();
  };
  const seen = (): void => {
    if (document.visibilityState === 'visible') usedAt = Date.now();
    look();
  };
  const leave = (): void => {
    tell('gone');
    told = undefined;
  };
  const uses = ['pointerdown', 'pointermove', 'keydown', 'wheel'] as const;
  for (const name of uses) addEventListener(name, use, { passive: true });
  document.addEventListener('visibilitychange', seen);
  addEventListener('pagehide', leave);
  addEventListener('pageshow', seen);
  look();
  return () => {
    clearTimeout(timer);
    for (const name of uses) removeEventListener(name, use);
    document.removeEventListener('visibilitychange', seen);
    removeEventListener('pagehide', leave);
    removeEventListener('pageshow', seen);
    leave();
  };
}
