import type { Draft, DraftFrame } from '../../../contract/draft.ts';
import { room } from '../../../contract/frames.ts';
import { isEmptyContent } from './draft-store.ts';
import type { DraftPlace } from './draft-store.ts';

/** Makes the frame that tells a member's devices of a draft. */
export function draftFrame({ workspaceId, userId }: DraftPlace, draft: Draft): DraftFrame {
  const { streamId, revision } = draft;
  const updatedAt = draft.updatedAt ?? new Date(0).toISOString();
  return { op: 'draft', room: room.user(workspaceId, userId), streamId, revision, updatedAt, isEmpty: isEmptyContent(draft) };
}
