/** The nine surfaces, called with `fetch` and `WebSocket` alone. docs/kit.md describes each. */

export interface Person {
  readonly id: string;
  readonly name: string;
}
export interface Message {
  readonly id: string;
  readonly seq: number;
  readonly actorName: string;
  readonly content: { readonly text: string } | null;
  readonly deletedAt: string | null;
}
export interface Member {
  readonly user: Person;
  readonly role: string;
  readonly presence: 'online' | 'away' | 'offline';
}
export interface Draft {
  readonly text: string;
  readonly revision: number;
}
export interface RoomConfig {
  readonly id: string;
  readonly name: string | null;
  readonly permissions: readonly string[];
}
/** A frame of the socket: a change of the room, a signal, or an answer. */
export interface Frame {
  readonly op: string;
  readonly type?: string;
  readonly data?: unknown;
  readonly items?: readonly { readonly type: string; readonly data: unknown }[];
  readonly actor?: string;
  readonly ttl?: number;
}

export interface Surfaces {
  connectionId(): Promise<{ readonly connectionId: string; readonly expires: string }>;
  subscriptions(): Promise<{ readonly publicKey: string | null; readonly items: readonly unknown[] }>;
  tellTyping(): Promise<unknown>;
  draft(): Promise<Draft>;
  saveDraft(draft: Draft): Promise<Draft>;
  config(): Promise<RoomConfig>;
  messages(query?: string): Promise<{ readonly items: readonly Message[]; readonly hasMore: boolean }>;
  members(query?: string): Promise<{ readonly items: readonly Member[]; readonly total: number }>;
  /** Opens the socket of the room, which hears it from its first frame on. */
  socket(onFrame: (frame: Frame) => void): Promise<WebSocket>;
}

/** Opens the surfaces of one room for the holder of a token. */
export function openSurfaces({ baseUrl, token, cid }: { baseUrl: string; token: string; cid: string }): Surfaces {
  const room = encodeURIComponent(cid);
  const call = async <Answer>(path: string, method = 'GET', body?: object): Promise<Answer> => {
    const response = await fetch(`${baseUrl}${path}`, {
      method,
      credentials: 'include',
      headers: { authorization: `Bearer ${token}`, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    const answer = (await response.json()) as Answer & { detail?: string; title?: string };
    if (!response.ok) throw new Error(answer.detail ?? answer.title ?? `The server answered ${response.status}`);
    return answer;
  };
  return {
    connectionId: () => call('/api/connection-id/'),
    subscriptions: () => call('/api/register-subscriptions/'),
    tellTyping: () => call('/api/editing-audit-state/', 'POST', { cid, typing: true }),
    draft: () => call(`/api/rooms/${room}/draft/`),
    saveDraft: ({ text, revision }) => call(`/api/rooms/${room}/draft/`, 'PUT', { text, revision }),
    config: () => call(`/rooms/${room}/config/`),
    messages: (query = 'limit=50') => call(`/rooms/${room}/messages/?${query}`),
    members: (query = 'limit=50') => call(`/rooms/${room}/members/?${query}`),
    async socket(onFrame) {
      const { auth } = await call<{ auth: string }>('/api/ws-auth/');
      const socket = new WebSocket(`${baseUrl.replace(/^http/, 'ws')}/ws/${room}/?ticket=${auth}`);
      socket.addEventListener('message', ({ data }) => onFrame(JSON.parse(data as string) as Frame));
      return socket;
    },
  };
}
