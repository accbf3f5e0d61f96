import { describe, expect, test } from '@jest/globals';
import { allows, levelOf, type StreamAction } from '../../../../contract/policy.ts';
import { closedBy, rowRightsIn } from '../../../../web/src/conversation/actions/row-rights.ts';
import type { Stream } from '../../../../contract/stream.ts';
import type { WorkspaceRole } from '../../../../contract/workspace.ts';
import { stream } from '../../workspace/builders.ts';

const workspaceRoles: WorkspaceRole[] = ['owner', 'admin', 'member', 'guest'];
const streamRoles = ['owner', 'admin', 'member', undefined] as const;
const archivedAt = '2026-11-20T12:00:00Z';

/** Everybody in a stream that inherits from nowhere. */
const places = (['channel', 'incident', 'dm', 'assistant'] as const).flatMap((streamType) =>
  workspaceRoles.flatMap((workspaceRole) =>
    streamRoles
      // Only who is in a DM sees it, and a guest sees only what they are in.
      .filter((role) => role !== undefined || (streamType !== 'dm' && streamType !== 'assistant' && workspaceRole !== 'guest'))
      .map((role) => ({ streamType, workspaceRole, role })),
  ),
);

test.each(places)('the page offers what the server allows: %j', ({ streamType, workspaceRole, role }) => {
  const level = levelOf({ streamType, workspaceRole, streamRole: role, accessRole: role });
  const found: Stream = stream('a', { streamType, role: role ?? null, isMember: role !== undefined, level });
  const allowed = (action: StreamAction): boolean => allows(found, action);
  const { post, pin, moderate, readVersions, curate } = rowRightsIn(found, undefined);
  expect({ post, pin, moderate, readVersions, curate }).toEqual({
    post: allowed('post'),
    pin: allowed('pin'),
    moderate: allowed('moderate'),
    readVersions: allowed('readVersions'),
    curate: allowed('curate'),
  });
});

describe('where nothing can be said', () => {
  const nothing = { post: false, pin: false, moderate: false, readVersions: false, reply: false, curate: false };

  /** Rights on an archived stream: managers read earlier versions. */
  const readOnly = { ...nothing, readVersions: true };

  test('nothing is offered: archived, or not known yet', () => {
    expect(rowRightsIn(stream('a', { archivedAt, role: 'owner', level: 'owner' }), undefined)).toEqual(readOnly);
    expect(rowRightsIn(stream('a', { archivedAt, role: 'member', level: 'member' }), undefined)).toEqual(nothing);
    expect(rowRightsIn(undefined, undefined)).toEqual(nothing);
  });

  test('a thread is closed with the stream that it branched from, a stream that was promoted is not', () => {
    const parent = stream('parent', { archivedAt });
    const thread = stream(null, { streamType: 'thread', visibility: 'inherit', level: 'owner' });
    expect(closedBy(thread, parent)).toBe(parent);
    expect(rowRightsIn(thread, parent)).toEqual(readOnly);
    expect(closedBy(stream('incident', { streamType: 'incident', visibility: 'inherit' }), parent)).toBeUndefined();
    expect(closedBy(thread, stream('parent'))).toBeUndefined();
  });
});

test('a thread takes replies, and none of its replies takes a thread', () => {
  expect(rowRightsIn(stream('a'), undefined).reply).toBe(true);
  expect(rowRightsIn(stream(null, { streamType: 'thread', visibility: 'inherit', level: 'insider' }), undefined)).toMatchObject({
    post: true,
    reply: false,
  });
});
