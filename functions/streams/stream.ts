import type { Stream } from '../../contract/stream.ts';
import type { WorkspaceRole } from '../../contract/workspace.ts';

type Role = 'owner' | 'admin' | 'member';

/** A stream without what takes a closer look: what is unread, and who is in a DM. */
export type PlainStream = Omit<Stream, 'unreadCount' | 'mentionCount' | 'participants'>;

/** A stream as its row says, with what the caller is in it. */
export interface StreamForCaller<Seen extends PlainStream = Stream> {
  readonly stream: Seen;
  /** Whose members see it, itself first unless it is a thread; the last of them decides whether everybody does. */
  readonly accessIds: readonly string[];
  /** What `visibility` comes to along the parents. */
  readonly isPublic: boolean;
  /** The stream that a thread branched from is archived: so is the thread, in effect. */
  readonly isParentArchived: boolean;
  readonly caller: {
    readonly name: string;
    readonly workspaceRole: WorkspaceRole;
    /** Role in the stream itself; undefined for who has not joined. In a thread it is following, and gives no access. */
    readonly streamRole: Role | undefined;
    /** The best role in any of the streams whose members see this one. */
    readonly accessRole: Role | undefined;
  };
}

/** Whether the stream exists for this caller at all: public to everyone but guests, anything else to who is in what gives access. */
export function maySee({ isPublic, caller }: Pick<StreamForCaller, 'isPublic' | 'caller'>): boolean {
  if (caller.accessRole !== undefined) return true;
  return isPublic && caller.workspaceRole !== 'guest';
}

/** The stream as everybody may be told of it: nothing of it is anybody's own. */
export function neutral(stream: Stream): Stream {
  return {
    ...stream,
    isMember: false,
    role: null,
    unreadCount: 0,
    mentionCount: 0,
    readSeq: 0,
    readRev: 0,
    lastReadAt: null,
    notifyLevel: 'default',
  };
}

/** Types whose events are messages to people: they count as unread. The others only note what happened. */
export const isCountable = (eventType: string): boolean =>
  ['message', 'shared', 'poll', 'file'].includes(eventType) || eventType.includes('.');

/** A slug for a name: letters and digits of any script, lower case, parted by hyphens. Undefined where nothing is left. */
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
