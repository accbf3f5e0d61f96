import type { Stream } from '../../contract/stream.ts';
import type { WorkspaceRole } from '../../contract/workspace.ts';

type Role = 'owner' | 'admin' | 'member';

/** A stream without the columns that need extra queries: unread counts and DM participants. */
export type PlainStream = Omit<Stream, 'unreadCount' | 'mentionCount' | 'participants'>;

/** A stream as stored, with the caller's roles in it. */
export interface StreamForCaller<Seen extends PlainStream = Stream> {
  readonly stream: Seen;
  /** Streams whose members can read this one: itself first, unless it is a thread. The visibility of the last decides if it is public. */
  readonly accessIds: readonly string[];
  /** Effective visibility, inherited along the parents. */
  readonly isPublic: boolean;
  /** The parent of a thread is archived, which makes the thread read-only too. */
  readonly isParentArchived: boolean;
  readonly caller: {
    readonly name: string;
    readonly workspaceRole: WorkspaceRole;
    /** Role in the stream itself; undefined outside it. In a thread it means following and gives no access. */
    readonly streamRole: Role | undefined;
    /** Best role in any of the streams in `accessIds`. */
    readonly accessRole: Role | undefined;
  };
}

/** Tests if the caller may see the stream: a public one is visible to everyone but guests, others by membership in `accessIds`. */
export function maySee({ isPublic, caller }: Pick<StreamForCaller, 'isPublic' | 'caller'>): boolean {
  if (caller.accessRole !== undefined) return true;
  return isPublic && caller.workspaceRole !== 'guest';
}

/** Copy of the stream without a viewer's own state, for rooms with several members. */
export function withoutViewer(stream: Stream): Stream {
  return {
    ...stream,
    isMember: false,
    role: null,
    level: null,
    unreadCount: 0,
    mentionCount: 0,
    readSeq: 0,
    readRev: 0,
    lastReadAt: null,
    notifyLevel: 'default',
  };
}

/** Tests for events that count as unread: messages between people. Other types only record changes of the stream. */
export const isCountable = (eventType: string): boolean =>
  ['message', 'shared', 'poll', 'file'].includes(eventType) || eventType.includes('.');

/** Makes a slug from a name: letters and digits of any script, lower case, separated by hyphens. Undefined when none remain. */
export function slugOf(name: string): string | undefined {
  const slug = name
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{Ll}\p{Lo}\p{N}\p{M}]+/gu, '-')
    .replace(/^[-\p{M}]+|-+$/gu, '')
    .slice(0, 80)
    .replace(/-+$/u, '');
  return slug === '' ? undefined : slug;
}
