import { WorkspaceId } from '../../../contract/ids.ts';

/** The claims of a token, not verified: only the server checks the signature. */
export interface Claims {
  readonly token: string;
  readonly workspaceId: WorkspaceId;
  readonly userId: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

export type ReadToken = { readonly ok: true; readonly claims: Claims } | { readonly ok: false; readonly message: string };

const refuse = (message: string): ReadToken => ({ ok: false, message });

/** Reads a pasted token without checking its signature, so that copy mistakes are explained before a request. */
export function readToken(pasted: string, nowMs: number): ReadToken {
  const token = pasted.trim().replace(/^Bearer\s+/i, '');
  if (token === '') return refuse('Paste a token first.');
  if (/\s/.test(token)) return refuse('This holds spaces or line breaks. A token is one unbroken piece of text.');
  const parts = token.split('.');
  if (parts.length !== 3) return refuse(notThreeParts(token, parts.length));
  const payload = decodePayload(parts[1] ?? '');
  if (!payload) return refuse('This token is damaged: its middle part cannot be read. Copy it again, whole.');
  return readClaims(token, payload, nowMs);
}

function notThreeParts(token: string, found: number): string {
  if (token.startsWith('sbk_'))
    return 'This is an API key, which signs nobody in. Ask whoever holds it for a token of your own, and paste that.';
  if (found === 1) return 'This is not a token: a token has three parts, joined by dots.';
  return `This token is not whole: ${found} parts where a token has three.`;
}

function decodePayload(part: string): Record<string, unknown> | undefined {
  try {
    const bytes = Uint8Array.from(atob(part.replaceAll('-', '+').replaceAll('_', '/')), (character) => character.charCodeAt(0));
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function readClaims(token: string, payload: Record<string, unknown>, nowMs: number): ReadToken {
  const workspaceId = WorkspaceId.safeParse(payload['ws']);
  if (!workspaceId.success) return refuse('This token names no workspace, so it is not one of Streambed’s.');
  const { sub, exp } = payload;
  if (typeof sub !== 'string' || sub === '') return refuse('This token names no user.');
  if (typeof exp !== 'number') return refuse('This token has no expiry, so it is not one of Streambed’s.');
  const expiresAt = exp * 1000;
  if (expiresAt <= nowMs) return refuse(`This token expired ${agoInWords(nowMs - expiresAt)}. Ask for a new one.`);
  return { ok: true, claims: { token, workspaceId: workspaceId.data, userId: sub, expiresAt } };
}

/** "5 minutes ago", from a span in milliseconds. */
export function agoInWords(milliseconds: number): string {
  const minutes = Math.floor(milliseconds / 60_000);
  const [count, unit] =
    minutes < 60 ? [minutes, 'minute'] : minutes < 2880 ? [Math.floor(minutes / 60), 'hour'] : [Math.floor(minutes / 1440), 'day'];
  if (count === 0) return 'just now';
  return `${count} ${unit}${count === 1 ? '' : 's'} ago`;
}
