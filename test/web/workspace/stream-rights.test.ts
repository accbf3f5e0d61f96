import { describe, expect, test } from '@jest/globals';
import { levelOf } from '../../../contract/policy.ts';
import type { Stream } from '../../../contract/stream.ts';
import type { WorkspaceRole } from '../../../contract/workspace.ts';
import { rightsIn } from '../../../web/src/workspace/stream-rights.ts';
import { stream } from './builders.ts';

/** The rights of somebody with a role in the workspace; the level is given where a parent has a say. */
function offered(given: Partial<Stream>, workspaceRole: WorkspaceRole = 'member'): string[] {
  const { streamType, role } = stream('a', given);
  const streamRole = role ?? undefined;
  const level = levelOf({ streamType, workspaceRole, streamRole, accessRole: streamRole });
  return Object.entries(rightsIn(stream('a', { level, ...given }), undefined))
    .filter(([, may]) => may)
    .map(([right]) => right)
    .sort();
}

const managing = ['archive', 'describe', 'invite', 'leave', 'manageMembers', 'rename', 'setMemory', 'setVisibility'];

describe('what the page offers', () => {
  test.each<[string, Partial<Stream>, WorkspaceRole, string[]]>([
    ['a channel: its owner', { role: 'owner' }, 'member', managing],
    ['a channel: its member', {}, 'member', ['describe', 'invite', 'leave']],
    ['a channel: an admin of the workspace', {}, 'admin', managing],
    ['a channel: a visitor', { isMember: false, role: null }, 'member', ['join']],
    ['a channel: a guest, whatever the stream says', { role: 'owner' }, 'guest', ['leave']],
    ['an incident: its member', { streamType: 'incident' }, 'member', ['describe', 'invite', 'leave', 'rename', 'resolve']],
    ['an incident: a visitor', { streamType: 'incident', isMember: false, role: null }, 'member', ['join']],
    [
      'an incident: who is in its parent',
      { streamType: 'incident', isMember: false, role: null, visibility: 'inherit', level: 'insider' },
      'member',
      ['describe', 'join', 'resolve'],
    ],
    [
      'an incident: a visitor of its parent too',
      { streamType: 'incident', isMember: false, role: null, visibility: 'inherit', level: 'visitor' },
      'member',
      ['join'],
    ],
    [
      'a thread: who is in its parent',
      { streamType: 'thread', isMember: false, role: null, visibility: 'inherit', level: 'insider' },
      'member',
      ['join', 'promote'],
    ],
    ['a DM: who is in it', { streamType: 'dm' }, 'owner', ['setMemory']],
    ['an archived DM: nobody', { streamType: 'dm', archivedAt: '2026-11-20T12:00:00Z' }, 'owner', []],
    ['what is archived: its member', { archivedAt: '2026-11-20T12:00:00Z', status: 'archived' }, 'member', ['leave']],
    ['what is archived: its owner', { role: 'owner', archivedAt: '2026-11-20T12:00:00Z' }, 'member', ['archive', 'leave']],
  ])('%s', (_who, given, role, rights) => expect(offered(given, role)).toEqual(rights));

  test('nothing while the stream is not known', () => expect(Object.values(rightsIn(undefined, undefined)).some(Boolean)).toBe(false));
});
