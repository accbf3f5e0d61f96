import { verdictOn } from '../../../contract/policy.ts';
import type { StreamAction } from '../../../contract/policy.ts';
import type { Stream } from '../../../contract/stream.ts';
import { useParent } from './use-stream.ts';

const offered = [
  'rename',
  'describe',
  'invite',
  'archive',
  'setVisibility',
  'manageMembers',
  'resolve',
  'promote',
  'join',
  'leave',
  'setMemory',
] as const satisfies readonly StreamAction[];

/** The actions on a stream as a whole that the page offers. */
export type StreamRights = Readonly<Record<(typeof offered)[number], boolean>>;

/** The rights in a stream, as the server decides them; none while the stream is not known. `parent`: of a thread, where it is known. */
export function rightsIn(stream: Stream | undefined, parent: Stream | undefined): StreamRights {
  const may = (action: StreamAction): boolean => mayDo(stream, parent, action);
  const rights = Object.fromEntries(offered.map((action) => [action, may(action)])) as StreamRights;
  // Joining twice and leaving twice change nothing, so the page does not offer them.
  return { ...rights, join: rights.join && stream?.isMember === false, leave: rights.leave && stream?.isMember === true };
}

/** Returns whether the caller may do something with a stream now. */
export const mayDo = (stream: Stream | undefined, parent: Stream | undefined, action: StreamAction): boolean =>
  stream !== undefined && verdictOn(stream, action, isArchived(parent)) === 'yes';

export const isArchived = (stream: Stream | undefined): boolean => stream !== undefined && stream.archivedAt !== null;

/** The rights in a stream, kept up to date. */
export const useRights = (stream: Stream | undefined): StreamRights => rightsIn(stream, useParent(stream));
