import type { ErrorCode } from '../../../contract/errors.ts';
import { newId } from '../../../contract/ids.ts';
import type { StreamEvent } from '../../../contract/event.ts';
import type { Furnished, PersonId } from '../../support/furnished.ts';

/** Title, caller, request, expected problem code and the field it names. */
export type Situation = readonly [
  what: string,
  who: PersonId | 'loner',
  ask: (w: Furnished) => readonly [method: string, path: string, json?: unknown],
  code: ErrorCode,
  field?: string,
];

const of = ({ id }: { id: string }, rest = '') => `/streams/${id}${rest}`;
const on = (event: StreamEvent, rest = '') => `/streams/${event.streamId}/events/${event.id}${rest}`;
const toThread = (event: StreamEvent) => ['POST', `/streams/${event.streamId}/thread`, { eventId: event.id }] as const;
const share = (into: { id: string }, event: { id: string }) => ['POST', of(into, '/share'), { eventId: event.id }] as const;
const promote = (stream: { id: string }, more: object = {}) =>
  ['POST', of(stream, '/promote'), { streamType: 'incident', name: 'Alarm', ...more }] as const;

const roles: Situation[] = [
  ['a member renames a channel', 'bob', (w) => ['PATCH', of(w.streams.general), { name: 'Ours' }], 'forbidden'],
  ['a member gives a channel another slug', 'bob', (w) => ['PATCH', of(w.streams.general), { slug: 'ours' }], 'forbidden'],
  ['a member archives a channel', 'bob', (w) => ['DELETE', of(w.streams.general)], 'forbidden'],
  ['a member archives a channel by its status', 'bob', (w) => ['PATCH', of(w.streams.general), { status: 'archived' }], 'forbidden'],
  ['a member brings an archived channel back', 'bob', (w) => ['PATCH', of(w.streams.archived), { status: 'active' }], 'forbidden'],
  ['a member hides a channel', 'bob', (w) => ['PATCH', of(w.streams.general), { visibility: 'private' }], 'forbidden'],
  ['a member of a private channel opens it', 'cyd', (w) => ['PATCH', of(w.streams.secret), { visibility: 'public' }], 'forbidden'],
  ['a member gives a role', 'bob', (w) => ['PATCH', of(w.streams.general, '/members/gus'), { role: 'admin' }], 'forbidden'],
  ['a member gives themselves a role', 'bob', (w) => ['PATCH', of(w.streams.general, '/members/bob'), { role: 'owner' }], 'forbidden'],
  ['a member removes another', 'bob', (w) => ['DELETE', of(w.streams.general, '/members/gus')], 'forbidden'],
  ['a member takes the owner out', 'bob', (w) => ['DELETE', of(w.streams.general, '/members/ada')], 'forbidden'],
  [
    'a member sets the notify level of another',
    'ada',
    (w) => ['PATCH', of(w.streams.general, '/members/bob'), { notifyLevel: 'none' }],
    'forbidden',
  ],
  [
    'a member invites with a role that they have not',
    'bob',
    (w) => ['POST', of(w.streams.general, '/members'), { userIds: ['cyd'], role: 'admin' }],
    'forbidden',
    'body.role',
  ],
  ['who is not in a channel invites', 'cyd', (w) => ['POST', of(w.streams.general, '/members'), { userIds: ['dee'] }], 'forbidden'],
  ['who is not in a channel describes it', 'cyd', (w) => ['PATCH', of(w.streams.general), { description: 'x' }], 'forbidden'],
  ['who is not in a channel pins', 'cyd', (w) => ['PUT', on(w.events.plain, '/pin')], 'forbidden'],
  ['a guest invites', 'gus', (w) => ['POST', of(w.streams.general, '/members'), { userIds: ['dee'] }], 'forbidden'],
  ['a guest pins', 'gus', (w) => ['PUT', on(w.events.plain, '/pin')], 'forbidden'],
  ['a guest promotes a thread', 'gus', (w) => promote(w.streams.thread), 'forbidden'],
  ['a member of the workspace lists streams without an owner', 'bob', () => ['GET', '/ownerless'], 'forbidden'],
  ['an admin of the workspace lists streams without an owner', 'abe', () => ['GET', '/ownerless'], 'forbidden'],
  ['a guest lists streams without an owner', 'gus', () => ['GET', '/ownerless'], 'forbidden'],
  ['a member recovers a stream that they cannot see', 'bob', (w) => ['POST', `/streams/${w.ownerless}/recover`], 'not_found'],
  ['an admin recovers a stream that they cannot see', 'abe', (w) => ['POST', `/streams/${w.ownerless}/recover`], 'not_found'],
  ['a member recovers a stream', 'cyd', (w) => ['POST', of(w.streams.secret, '/recover')], 'forbidden'],
  ['an owner recovers a stream that has an owner', 'ada', (w) => ['POST', of(w.streams.secret, '/recover')], 'has_owner'],
  ['an owner recovers a public stream', 'ada', (w) => ['POST', of(w.streams.outage, '/recover')], 'wrong_stream_type'],
  ['an owner recovers a DM', 'ada', (w) => ['POST', of(w.streams.dm, '/recover')], 'wrong_stream_type'],
  ['an owner recovers a thread', 'ada', (w) => ['POST', of(w.streams.secretThread, '/recover')], 'wrong_stream_type'],
  ['a guest creates a channel', 'gus', () => ['POST', '/streams', { streamType: 'channel', name: 'Mine' }], 'forbidden'],
  ['a guest creates an incident', 'gus', () => ['POST', '/streams', { streamType: 'incident', name: 'Mine' }], 'forbidden'],
  ['a guest lists providers', 'gus', () => ['GET', '/providers'], 'forbidden'],
  ['a member creates a provider', 'bob', () => ['POST', '/providers', { kind: 'web', name: 'x' }], 'forbidden'],
  ['a member gives a role in the workspace', 'bob', () => ['PATCH', '/members/gus', { role: 'member' }], 'forbidden'],
  ['a member makes themselves admin', 'bob', () => ['PATCH', '/members/bob', { role: 'admin' }], 'forbidden'],
  ['a member removes another', 'bob', () => ['DELETE', '/members/cyd'], 'forbidden'],
  ['a member probes for a user by removing them', 'bob', () => ['DELETE', '/members/nobody'], 'forbidden'],
  ['a guest removes another', 'gus', () => ['DELETE', '/members/cyd'], 'forbidden'],
  ['an admin makes an owner', 'abe', () => ['PATCH', '/members/bob', { role: 'owner' }], 'forbidden'],
  ['an admin makes themselves owner', 'abe', () => ['PATCH', '/members/abe', { role: 'owner' }], 'forbidden'],
  ['an admin unmakes an owner', 'abe', () => ['PATCH', '/members/ada', { role: 'member' }], 'forbidden'],
  ['an admin removes an owner', 'abe', () => ['DELETE', '/members/ada'], 'forbidden'],
  [
    'an admin of the workspace makes an owner of a channel',
    'abe',
    (w) => ['PATCH', of(w.streams.general, '/members/bob'), { role: 'owner' }],
    'forbidden',
  ],
  [
    'an admin of the workspace takes an owner out of a channel',
    'abe',
    (w) => ['DELETE', of(w.streams.general, '/members/ada')],
    'forbidden',
  ],
  ['a member edits what another wrote', 'bob', (w) => ['PATCH', on(w.events.message), { text: 'x' }], 'not_author'],
  ['the owner edits what another wrote', 'ada', (w) => ['PATCH', on(w.events.own), { text: 'x' }], 'not_author'],
  ['a member deletes what another wrote', 'bob', (w) => ['DELETE', on(w.events.message)], 'not_author'],
  [
    'a member shows everybody what was said in private',
    'cyd',
    (w) => promote(w.streams.secretThread, { visibility: 'public' }),
    'forbidden',
    'body.visibility',
  ],
  ['another completes a file', 'bob', (w) => ['POST', `/files/${w.files.posted}/complete`], 'not_author'],
];

const owners: Situation[] = [
  [
    'the last owner of a channel steps down',
    'ada',
    (w) => ['PATCH', of(w.streams.general, '/members/ada'), { role: 'member' }],
    'last_owner',
  ],
  ['the last owner of a channel leaves it', 'ada', (w) => ['POST', of(w.streams.general, '/leave')], 'last_owner'],
  ['the last owner of a channel takes themselves out', 'ada', (w) => ['DELETE', of(w.streams.general, '/members/ada')], 'last_owner'],
  ['the last owner of a workspace steps down', 'ada', () => ['PATCH', '/members/ada', { role: 'admin' }], 'last_owner'],
  ['the last owner of a workspace leaves it', 'ada', () => ['DELETE', '/members/ada'], 'last_owner'],
];

const types: Situation[] = [
  ['a DM gets a name', 'ada', (w) => ['PATCH', of(w.streams.dm), { name: 'Us' }], 'wrong_stream_type'],
  ['a DM is archived', 'ada', (w) => ['DELETE', of(w.streams.dm)], 'wrong_stream_type'],
  ['a member is invited to a DM', 'ada', (w) => ['POST', of(w.streams.dm, '/members'), { userIds: ['cyd'] }], 'wrong_stream_type'],
  ['a participant is removed from a DM', 'ada', (w) => ['DELETE', of(w.streams.dm, '/members/bob')], 'wrong_stream_type'],
  ['a DM is left', 'ada', (w) => ['POST', of(w.streams.dm, '/leave')], 'wrong_stream_type'],
  ['a DM is promoted', 'ada', (w) => promote(w.streams.dm), 'not_a_thread'],
  ['a channel is promoted', 'ada', (w) => promote(w.streams.general), 'not_a_thread'],
  ['an incident is promoted', 'bob', (w) => promote(w.streams.outage), 'not_a_thread'],
  ['a promoted thread is promoted', 'ada', (w) => promote(w.streams.promoted), 'already_promoted'],
  [
    'a thread becomes a channel with a severity',
    'ada',
    (w) => promote(w.streams.thread, { streamType: 'channel', severity: 'sev1' }),
    'invalid_input',
    'body.severity',
  ],
  ['a member is invited to a thread', 'ada', (w) => ['POST', of(w.streams.thread, '/members'), { userIds: ['cyd'] }], 'wrong_stream_type'],
  ['a thread is made private', 'ada', (w) => ['PATCH', of(w.streams.thread), { visibility: 'private' }], 'wrong_stream_type'],
  ['a channel is resolved', 'ada', (w) => ['PATCH', of(w.streams.general), { status: 'resolved' }], 'wrong_stream_type', 'body.status'],
  ['a channel gets a severity', 'ada', (w) => ['PATCH', of(w.streams.general), { severity: 'sev1' }], 'wrong_stream_type', 'body.severity'],
  ['a DM gets a severity', 'ada', (w) => ['PATCH', of(w.streams.dm), { severity: 'sev1' }], 'wrong_stream_type', 'body.severity'],
  ['a thread starts in a thread', 'ada', (w) => toThread(w.events.reply), 'wrong_stream_type'],
  ['a thread starts on what happened', 'ada', (w) => toThread(w.events.noted), 'wrong_event_type'],
  [
    'a thread starts on an event of another stream',
    'ada',
    (w) => ['POST', of(w.streams.lobby, '/thread'), { eventId: w.events.message.id }],
    'not_found',
  ],
  ['a reaction to what happened', 'ada', (w) => ['POST', on(w.events.noted, '/reactions'), { emoji: '👍' }], 'wrong_event_type'],
  ['a pin on what happened', 'ada', (w) => ['PUT', on(w.events.noted, '/pin')], 'wrong_event_type'],
  ['an edit of what happened', 'ada', (w) => ['PATCH', on(w.events.noted), { text: 'x' }], 'wrong_event_type'],
  ['a deletion of what happened', 'ada', (w) => ['DELETE', on(w.events.noted)], 'wrong_event_type'],
  ['an edit of a poll', 'ada', (w) => ['PATCH', on(w.events.poll), { text: 'x' }], 'wrong_event_type'],
  ['an edit of a shared event', 'bob', (w) => ['PATCH', on(w.events.shared), { text: 'x' }], 'wrong_event_type'],
  ['a vote on a message', 'ada', (w) => ['PUT', on(w.events.message, '/votes'), { optionIds: ['opt_1'] }], 'wrong_event_type'],
  ['a share of what happened', 'ada', (w) => share(w.streams.lobby, w.events.noted), 'wrong_event_type'],
];

const polls: Situation[] = [
  ['a vote after closing', 'bob', (w) => ['PUT', on(w.events.closedPoll, '/votes'), { optionIds: ['opt_1'] }], 'poll_closed'],
  ['a vote taken back after closing', 'bob', (w) => ['PUT', on(w.events.closedPoll, '/votes'), { optionIds: [] }], 'poll_closed'],
  [
    'a vote for an unknown option',
    'bob',
    (w) => ['PUT', on(w.events.poll, '/votes'), { optionIds: ['opt_3'] }],
    'invalid_input',
    'body.optionIds.0',
  ],
  [
    'a vote for a known and an unknown option',
    'bob',
    (w) => ['PUT', on(w.events.poll, '/votes'), { optionIds: ['opt_1', 'x'] }],
    'invalid_input',
    'body.optionIds.1',
  ],
  [
    'two votes where one is possible',
    'bob',
    (w) => ['PUT', on(w.events.poll, '/votes'), { optionIds: ['opt_1', 'opt_2'] }],
    'invalid_input',
    'body.optionIds',
  ],
  ...['2020-01-01T00:00:00Z', '0000-01-01T00:00:00Z', '9999-12-31T23:59:59-23:59'].map((closesAt): Situation => [
    `a poll that closes at ${closesAt}`,
    'ada',
    (w) => ['POST', of(w.streams.general, '/events'), { eventType: 'poll', question: 'Now?', options: ['Yes', 'No'], closesAt }],
    'invalid_input',
    'body.closesAt',
  ]),
  [
    'a poll with the same option twice',
    'ada',
    (w) => ['POST', of(w.streams.general, '/events'), { eventType: 'poll', question: 'Now?', options: ['Yes', ' Yes '] }],
    'invalid_input',
    'body.options',
  ],
];

const people: Situation[] = [
  [
    'a member is invited twice',
    'ada',
    (w) => ['POST', of(w.streams.general, '/members'), { userIds: ['bob'] }],
    'already_member',
    'body.userIds.0',
  ],
  [
    'one oneself is invited',
    'ada',
    (w) => ['POST', of(w.streams.general, '/members'), { userIds: ['ada'] }],
    'already_member',
    'body.userIds.0',
  ],
  [
    'an unknown user is invited',
    'ada',
    (w) => ['POST', of(w.streams.general, '/members'), { userIds: ['cyd', 'nobody'] }],
    'invalid_input',
    'body.userIds.1',
  ],
  [
    'a removed member is invited',
    'ada',
    (w) => ['POST', of(w.streams.general, '/members'), { userIds: ['una'] }],
    'invalid_input',
    'body.userIds.0',
  ],
  [
    'a DM with an unknown user',
    'ada',
    () => ['POST', '/streams', { streamType: 'dm', memberIds: ['nobody'] }],
    'invalid_input',
    'body.memberIds',
  ],
  [
    'a DM with a removed member',
    'ada',
    () => ['POST', '/streams', { streamType: 'dm', memberIds: ['una'] }],
    'invalid_input',
    'body.memberIds',
  ],
  [
    'a DM of ten',
    'ada',
    () => ['POST', '/streams', { streamType: 'dm', memberIds: ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'] }],
    'invalid_input',
    'body.memberIds',
  ],
  ['a role for who is not in a channel', 'ada', (w) => ['PATCH', of(w.streams.general, '/members/cyd'), { role: 'admin' }], 'not_found'],
  [
    'a notify level for what one is not in',
    'cyd',
    (w) => ['PATCH', of(w.streams.general, '/members/cyd'), { notifyLevel: 'all' }],
    'not_a_member',
  ],
  ['reading up to where one is not in', 'cyd', (w) => ['POST', of(w.streams.general, '/read'), {}], 'not_a_member'],
  [
    'unreading where one is not in',
    'cyd',
    (w) => ['POST', of(w.streams.general, '/unread'), { eventId: w.events.message.id }],
    'not_a_member',
  ],
  [
    'unreading an event of another stream',
    'ada',
    (w) => ['POST', of(w.streams.general, '/unread'), { eventId: w.events.secretRoot.id }],
    'not_found',
  ],
];

const hidden: Situation[] = [
  ['sharing into a private stream of others', 'bob', (w) => share(w.streams.secret, w.events.message), 'not_found'],
  ['sharing into a DM of others', 'cyd', (w) => share(w.streams.dm, w.events.message), 'not_found'],
  ['sharing what one may not see', 'bob', (w) => share(w.streams.general, w.events.secretRoot), 'not_found', 'body.eventId'],
  [
    'sharing a thread reply that one may not see',
    'bob',
    (w) => share(w.streams.general, w.events.secretReply),
    'not_found',
    'body.eventId',
  ],
  ['sharing what shares what one may not see', 'bob', (w) => share(w.streams.lobby, w.events.sharedSecret), 'not_found', 'body.eventId'],
  ['sharing what is not there', 'bob', (w) => share(w.streams.general, { id: newId('event') }), 'not_found', 'body.eventId'],
  [
    'a file that is not there',
    'ada',
    (w) => ['POST', of(w.streams.general, '/events'), { eventType: 'file', fileId: newId('file') }],
    'invalid_input',
    'body.fileId',
  ],
  [
    "another's file",
    'bob',
    (w) => ['POST', of(w.streams.general, '/events'), { eventType: 'file', fileId: w.files.waiting }],
    'invalid_input',
    'body.fileId',
  ],
  [
    'a file of another stream',
    'ada',
    (w) => ['POST', of(w.streams.lobby, '/events'), { eventType: 'file', fileId: w.files.waiting }],
    'invalid_input',
    'body.fileId',
  ],
  [
    'a file whose content is not there',
    'ada',
    (w) => ['POST', of(w.streams.general, '/events'), { eventType: 'file', fileId: w.files.announced }],
    'invalid_input',
    'body.fileId',
  ],
  [
    'a file that is posted already',
    'ada',
    (w) => ['POST', of(w.streams.general, '/events'), { eventType: 'file', fileId: w.files.posted }],
    'invalid_input',
    'body.fileId',
  ],
  ['reading a file whose content is not there', 'ada', (w) => ['GET', `/files/${w.files.announced}`], 'upload_missing'],
];

const slugs: Situation[] = [
  [
    'a name that a visible stream has',
    'bob',
    (w) => ['POST', '/streams', { streamType: 'channel', name: `General ${w.marker}` }],
    'conflict',
    'body.name',
  ],
  [
    'the same name in other letters',
    'bob',
    (w) => ['POST', '/streams', { streamType: 'incident', name: `GENERAL -- ${w.marker}!` }],
    'conflict',
    'body.name',
  ],
  [
    'a slug that a visible stream has',
    'bob',
    (w) => ['POST', '/streams', { streamType: 'channel', name: 'Other', slug: `general-${w.marker}` }],
    'conflict',
    'body.slug',
  ],
  [
    'the name of an archived stream',
    'bob',
    (w) => ['POST', '/streams', { streamType: 'channel', name: `Archived ${w.marker}` }],
    'conflict',
    'body.name',
  ],
  [
    'another name that a visible stream has',
    'bob',
    (w) => ['PATCH', of(w.streams.outage), { name: `General ${w.marker}` }],
    'conflict',
    'body.name',
  ],
  [
    'another slug that a visible stream has',
    'bob',
    (w) => ['PATCH', of(w.streams.outage), { slug: `general-${w.marker}` }],
    'conflict',
    'body.slug',
  ],
  [
    'a promotion to a name that a visible stream has',
    'ada',
    (w) => promote(w.streams.thread, { name: `General ${w.marker}` }),
    'conflict',
    'body.name',
  ],
  ['a provider of the same name', 'ada', (w) => ['POST', '/providers', { kind: 'web', name: `hook ${w.marker}` }], 'conflict', 'body.name'],
];

const payloads: Situation[] = (
  [
    ['a NUL', { a: ['\0'] }],
    ['a NUL in a name', { 'a\0': 1 }],
    ['half a surrogate pair', { a: { b: '\ud83d' } }],
    ['half a surrogate pair in a name', { '\udc00': 1 }],
    ['more than 8 KB', { a: 'x'.repeat(8_192) }],
    ['a list', [1]],
  ] as const
).map(([what, payload]) => [
  `a payload with ${what}`,
  'ada',
  (w) => ['POST', of(w.streams.general, '/events'), { eventType: 'acme.built', payload }],
  'invalid_input',
  'body.payload',
]);

const ofEpoch = (epochId: string, rest = '') => `/epochs/${epochId}${rest}`;
const epochs: Situation[] = [
  ['the first epoch is merged', 'ada', (w) => ['POST', ofEpoch(w.epochs.first, '/merge')], 'nothing_before'],
  [
    'an epoch is split where it begins',
    'ada',
    (w) => ['POST', ofEpoch(w.epochs.second, '/split'), { eventId: w.events.poll.id }],
    'nothing_before',
  ],
  [
    'an epoch is split at an event of another',
    'ada',
    (w) => ['POST', ofEpoch(w.epochs.second, '/split'), { eventId: w.events.plain.id }],
    'not_found',
  ],
  [
    'an epoch is split at an event of another stream',
    'ada',
    (w) => ['POST', ofEpoch(w.epochs.second, '/split'), { eventId: w.events.secretRoot.id }],
    'not_found',
  ],
  ['who is not in a channel names an epoch', 'cyd', (w) => ['PATCH', ofEpoch(w.epochs.first), { label: 'Ours' }], 'forbidden'],
  ['a guest merges epochs', 'gus', (w) => ['POST', ofEpoch(w.epochs.second, '/merge')], 'forbidden'],
  ['a guest rejects a link', 'gus', (w) => ['DELETE', ofEpoch(w.epochs.second, `/related/${w.epochs.first}`)], 'forbidden'],
  ['a link to what one may not see is rejected', 'abe', (w) => ['DELETE', ofEpoch(w.epochs.open, `/related/${w.epochs.dm}`)], 'not_found'],
  ['an epoch is not related to itself', 'ada', (w) => ['PUT', ofEpoch(w.epochs.first, `/related/${w.epochs.first}`)], 'not_found'],
  ['a member says how memory is made', 'bob', (w) => ['PATCH', of(w.streams.general, '/memory'), { enabled: false }], 'forbidden'],
  ['who may not see a stream sets a barrier', 'dee', (w) => ['POST', of(w.streams.secret, '/barrier'), {}], 'not_found'],
  ['a barrier is set where nothing is said any more', 'ada', (w) => ['POST', of(w.streams.archived, '/barrier'), {}], 'stream_archived'],
  ['an epoch of a stream that one may not see is read', 'dee', (w) => ['GET', ofEpoch(w.epochs.secret)], 'not_found'],
];

export const situations: Readonly<Record<string, readonly Situation[]>> = {
  'a role that is too low': roles,
  'the last owner': owners,
  'what a type does not take': types,
  polls,
  people,
  'what one may not see': hidden,
  'names that are taken': slugs,
  'payloads of own types': payloads,
  epochs,
};
