/** A notification to show, with the path that it leads to and the number of the app's badge. */
export interface ShownPush {
  readonly title: string;
  readonly body: string;
  readonly tag: string;
  readonly data: { readonly path: string };
  readonly badge: number | undefined;
}

const plain: ShownPush = { title: 'Streambed', body: 'There is something new.', tag: 'streambed', data: { path: '/' }, badge: undefined };

/** Reads the payload of a push, in the declarative form (`PushPayload` of the contract). Anything else is shown as a plain notification. */
export function readPush(text: string | undefined): ShownPush {
  const notification = notificationIn(text);
  if (notification === undefined) return plain;
  const { title, body, tag, navigate, app_badge: badge } = notification;
  return {
    title: textOf(title) ?? plain.title,
    body: textOf(body) ?? '',
    tag: textOf(tag) ?? plain.tag,
    data: { path: pathOf(textOf(navigate)) },
    badge: /^\d{1,4}$/.test(textOf(badge) ?? '') ? Number(badge) : undefined,
  };
}

function notificationIn(text: string | undefined): Record<string, unknown> | undefined {
  try {
    const { notification } = JSON.parse(text ?? '') as { notification?: unknown };
    return typeof notification === 'object' && notification !== null ? (notification as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** The path in our own page, whatever origin the address has. */
function pathOf(navigate: string | undefined): string {
  if (navigate === undefined || !URL.canParse(navigate, 'https://here.example')) return '/';
  const { pathname, search } = new URL(navigate, 'https://here.example');
  return pathname.startsWith('//') ? '/' : `${pathname}${search}`;
}
