import type { Claims } from './token.ts';
import { readToken } from './token.ts';
import type { TextStore } from '../ui/text-store.ts';

/** The signed-in member of this device. The names are the server's last answer, so that a reload shows them at once. */
export interface Session extends Claims {
  readonly userName: string;
  readonly workspaceName: string;
}

export const sessionKey = 'streambed:session';

/** The session of this device; `ended` gives the reason when an earlier one is over. */
export function loadSession(store: TextStore, nowMs: number): { session?: Session; ended?: string } {
  const kept = store.get(sessionKey);
  if (kept === null) return {};
  try {
    const { token, userName, workspaceName } = JSON.parse(kept) as Record<string, unknown>;
    if (typeof token !== 'string' || typeof userName !== 'string' || typeof workspaceName !== 'string') return {};
    const read = readToken(token, nowMs);
    return read.ok ? { session: { ...read.claims, userName, workspaceName } } : { ended: read.message };
  } catch {
    return {};
  }
}

export function saveSession(store: TextStore, { token, userName, workspaceName }: Session): void {
  store.set(sessionKey, JSON.stringify({ token, userName, workspaceName }));
}

export function forgetSession(store: TextStore): void {
  store.remove(sessionKey);
}

/** The longest time-out that browsers keep: longer ones fire at once. */
const longestTimeoutMs = 2_147_483_647;

/** Delay before the next check of the session's expiry, in milliseconds. */
export const waitUntilExpiry = (session: Pick<Claims, 'expiresAt'>, nowMs: number): number =>
  Math.min(Math.max(session.expiresAt - nowMs, 0), longestTimeoutMs);
