import type { Claims } from './token.ts';
import { readToken } from './token.ts';
import type { TextStore } from '../ui/text-store.ts';

/** Who is signed in on this device. The names are what the server said last, so that a reload need not wait to greet. */
export interface Session extends Claims {
  readonly userName: string;
  readonly workspaceName: string;
}

export const sessionKey = 'streambed:session';

/** The session kept on this device; `ended` says why there is none any more when there was one. */
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

/** Longest time-out that browsers keep: more than this fires at once. */
const longestTimeoutMs = 2_147_483_647;

/** How long to wait before looking again whether the session is over. */
export const waitUntilExpiry = (session: Pick<Claims, 'expiresAt'>, nowMs: number): number =>
  Math.min(Math.max(session.expiresAt - nowMs, 0), longestTimeoutMs);
