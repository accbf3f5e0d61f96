import type { Stream } from '../../contract/stream.ts';
import type { WorkspaceRole } from '../../contract/workspace.ts';

/** A stream as its row says, with what the caller is in it. */
export interface StreamForCaller {
  readonly stream: Stream;
  readonly caller: {
    readonly name: string;
    readonly workspaceRole: WorkspaceRole;
    /** Role in the stream; undefined for who has not joined. */
    readonly streamRole: 'owner' | 'admin' | 'member' | undefined;
  };
}

export type StreamAction = 'read' | 'post';

/** Whether the stream exists for this caller at all: public to everyone but guests, anything else to who is in it. */
export function maySee({ stream, caller }: StreamForCaller): boolean {
  if (caller.streamRole !== undefined) return true;
  return stream.visibility === 'public' && caller.workspaceRole !== 'guest';
}

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
