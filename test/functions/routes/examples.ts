import type { api } from '../../../contract/api.ts';
import type { Route } from '../../../contract/route.ts';
import { testVapidKeys } from '../../support/app.ts';
import type { Furnished, PersonId } from '../../support/furnished.ts';

/** A call that succeeds in a furnished workspace. */
export interface Example {
  /** Caller; `apiKey` for routes with a key. */
  readonly as?: PersonId | 'apiKey';
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  /** One body for each form, each with every field of its form. */
  readonly bodies?: readonly object[];
  /** Needs a state that a furnished workspace lacks; only refused requests are tried. */
  readonly elsewhere?: true;
}

type Api = typeof api;
export type RouteName = { [Group in keyof Api]: `${Group & string}.${keyof Api[Group] & string}` }[keyof Api];

/** Routes without authentication, which refuse no caller. */
export const openRoutes = [
  'notifications.confirmUnsubscribe',
  'notifications.unsubscribe',
  'operations.health',
  'operations.ready',
  'operations.openApi',
  'operations.asyncApi',
  'operations.docs',
] as const;

/** Examples of every route; the type fails for a new route without one. */
export function examplesIn(w: Furnished): Record<Exclude<RouteName, (typeof openRoutes)[number]>, Example> {
  return {
    ...ofPeople(w),
    ...ofStreams(w),
    ...ofEvents(w),
    ...ofEpochs(w),
    ...ofFiles(w),
    ...ofRetention(w),
    ...ofTransfer(w),
    ...ofKit(w),
  };
}

/** Rooms of the React kit are named by a stream id or by type and slug. */
function ofKit({ workspaceId, streams, subscriptionId }: Furnished) {
  const subscription = {
    endpoint: 'https://fcm.googleapis.com/fcm/send/example',
    keys: { p256dh: testVapidKeys[0]?.publicKey, auth: 'AAAAAAAAAAAAAAAAAAAAAA' },
    device: 'A laptop',
    origin: 'https://talk.example.com',
  };
  const { limit } = page;
  const params = { cid: streams.general.id };
  const draft = { text: 'soon', mentions: [], replyTo: null, fileIds: [] };
  return {
    'kit.readWsAuth': {},
    'kit.readConnectionId': {},
    'kit.tellEditingState': { bodies: [{ ...params, typing: true, cursor: 3, selection: { start: 1, end: 3 } }] },
    'kit.readKitConfig': { params },
    'kit.readDraft': { params },
    'kit.saveDraft': { params, bodies: [draft] },
    'kit.postDraft': { params, bodies: [draft] },
    'kit.deleteDraft': { params, query: { revision: '' } },
    'kit.registerSubscription': { bodies: [{ ...subscription, publicKey: testVapidKeys[0]?.publicKey }] },
    'kit.listSubscriptions': {},
    'kit.deleteSubscription': { params: { subscriptionId } },
    'kit.listPresence': { params: { workspaceId }, query: { userIds: 'ada,bob' } },
    'kit.listDrafts': { params: { workspaceId }, query: page },
    'kit.listKitMessages': { params, query: { limit, before: '9' } },
    'kit.listKitMembers': { params, query: page },
  } satisfies Record<string, Example>;
}

const page = { limit: '2', cursor: '' };
const key = 'key-1';

function ofPeople({ workspaceId, keyId, notificationIds }: Furnished) {
  const here = { workspaceId };
  return {
    'auth.createToken': {
      as: 'apiKey',
      bodies: [{ userId: 'zoe', name: 'Zoe', email: 'zoe@acme.example', role: 'member', expiresInSeconds: 60 }],
    },
    'realtime.createTicket': {},
    'workspaces.readWorkspace': { params: here },
    'workspaces.createProvider': { params: here, bodies: [{ kind: 'web', name: 'Site' }] },
    'workspaces.listProviders': { params: here, query: page },
    'workspaces.listMembers': { params: here, query: { ...page, q: 'a', role: 'member' } },
    'workspaces.updateMember': { params: { ...here, userId: 'dee' }, bodies: [{ role: 'admin' }] },
    'workspaces.listKeys': { params: here, query: page },
    'workspaces.createKey': { params: here, bodies: [{ name: 'Sign-in', scopes: ['tokens'], expiresInDays: 90 }] },
    'workspaces.rotateKey': { params: { ...here, keyId }, bodies: [{ overlapSeconds: 60 }] },
    'workspaces.revokeKey': { params: { ...here, keyId } },
    'workspaces.signOutMember': { params: { ...here, userId: 'dee' } },
    'workspaces.listAudit': { params: here, query: { ...page, action: 'member.removed' } },
    'workspaces.removeMember': { params: { ...here, userId: 'dee' } },
    'notifications.readNotificationSettings': { params: here },
    'notifications.putNotificationSettings': {
      params: here,
      bodies: [{ level: 'all', quietHours: { from: '22:00', to: '07:00', timeZone: 'Europe/Berlin' }, incidents: true, email: false }],
    },
    'notifications.readNotificationDefaults': { params: here },
    'notifications.putNotificationDefaults': { params: here, bodies: [{ level: 'default', showText: false }] },
    'notifications.listNotifications': { params: here, query: { ...page, unread: 'true' } },
    'notifications.markNotificationsRead': { params: here, bodies: [{ ids: notificationIds }, { upTo: notificationIds[0] }] },
  } satisfies Record<string, Example>;
}

function ofStreams({ workspaceId, streams, events, ownerless }: Furnished) {
  const here = { workspaceId };
  const general = { ...here, streamId: streams.general.id };
  const named = { name: 'New', slug: 'new', description: 'What is new', visibility: 'public' };
  const { name, slug, description, visibility } = named;
  return {
    'streams.bootstrap': { params: here },
    'streams.createStream': {
      params: here,
      bodies: [
        { streamType: 'channel', ...named },
        { streamType: 'incident', ...named, severity: 'sev1' },
        { streamType: 'dm', memberIds: ['cyd', 'dee'] },
      ],
    },
    'streams.listStreams': {
      params: here,
      query: { ...page, type: 'channel', status: 'open', member: 'true', parent: streams.general.id, sort: 'name', q: 'e' },
    },
    'streams.readStream': { params: general },
    'streams.updateStream': {
      params: { ...here, streamId: streams.outage.id },
      bodies: [{ name, slug, description, visibility: 'private', status: 'resolved', severity: 'sev1' }],
    },
    'streams.archiveStream': { params: general },
    'streams.promoteStream': {
      params: { ...here, streamId: streams.thread.id },
      bodies: [{ streamType: 'incident', name, slug, description, severity: 'sev1', visibility }],
    },
    'streams.listOwnerlessStreams': { params: here, query: page },
    'streams.recoverStream': { params: { ...here, streamId: ownerless } },
    'streams.joinStream': { params: { ...here, streamId: streams.lobby.id } },
    'streams.leaveStream': { as: 'bob', params: general },
    'streams.listStreamMembers': { params: general, query: { ...page, q: 'a' } },
    'streams.inviteMembers': { params: general, bodies: [{ userIds: ['cyd', 'dee'], role: 'member' }] },
    'streams.updateStreamMember': { params: { ...general, userId: 'bob' }, bodies: [{ role: 'admin' }] },
    'streams.removeStreamMember': { params: { ...general, userId: 'bob' } },
    'streams.markRead': { params: general, bodies: [{ seq: 3 }] },
    'streams.markUnread': { params: general, bodies: [{ eventId: events.message.id }] },
  } satisfies Record<string, Example>;
}

function ofEvents({ workspaceId, streams, events, files }: Furnished) {
  const here = { workspaceId };
  const general = { ...here, streamId: streams.general.id };
  const on = ({ streamId, id: eventId }: { streamId: string; id: string }) => ({ ...here, streamId, eventId });
  const mentions = [{ type: 'user', id: 'bob', label: 'Bob' }];
  const sent = { clientEventId: key };
  return {
    'streams.listEvents': { params: general, query: { limit: '2', after: '1' } },
    'streams.postEvent': {
      params: general,
      bodies: [
        { eventType: 'message', text: 'Hello', mentions, ...sent },
        { eventType: 'poll', question: 'Tea?', options: ['Yes', 'No'], multiple: true, closesAt: '2099-01-01T00:00:00Z', ...sent },
        { eventType: 'file', fileId: files.waiting, text: 'Look', mentions, ...sent },
        { eventType: 'acme.built', text: 'Built', mentions, payload: { build: 7, by: { name: 'CI' } }, ...sent },
      ],
    },
    'streams.readEvent': { params: on(events.message) },
    'streams.editEvent': { params: on(events.message), bodies: [{ text: 'Other words' }] },
    'streams.deleteEvent': { params: on(events.message) },
    'streams.listVersions': { params: on(events.edited) },
    'streams.purgeVersions': { params: on(events.edited) },
    'streams.createThread': { params: general, bodies: [{ eventId: events.plain.id, name: 'About this' }] },
    'streams.shareEvent': { params: general, bodies: [{ eventId: events.message.id, context: 'See', ...sent }] },
    'streams.addReaction': { params: on(events.message), bodies: [{ emoji: '🎉' }] },
    'streams.removeReaction': { params: on(events.message), query: { emoji: '👍' } },
    'streams.castVotes': { params: on(events.poll), bodies: [{ optionIds: ['opt_2'] }] },
    'streams.pinEvent': { params: on(events.plain) },
    'streams.unpinEvent': { params: on(events.message) },
    'streams.listPins': { params: general },
    'streams.searchEvents': {
      params: here,
      query: {
        q: 'Hello',
        from: 'ada',
        in: streams.general.id,
        after: '2000-01-01T00:00:00Z',
        before: '2100-01-01T00:00:00+02:00',
        ...page,
      },
    },
  } satisfies Record<string, Example>;
}

function ofEpochs({ workspaceId, streams, epochs, events }: Furnished) {
  const here = { workspaceId };
  const general = { ...here, streamId: streams.general.id };
  const second = { ...here, epochId: epochs.second };
  const link = { ...second, targetId: epochs.first };
  const times = { after: '2000-01-01T00:00:00Z', before: '2100-01-01T00:00:00+02:00' };
  return {
    'epochs.listEpochs': { params: general, query: page },
    'epochs.readEpoch': { params: second, query: { after: '1', limit: '2' } },
    'epochs.updateEpoch': { params: second, bodies: [{ label: 'Ships' }] },
    'epochs.mergeEpoch': { params: second },
    'epochs.splitEpoch': { params: second, bodies: [{ eventId: events.closedPoll.id }] },
    'epochs.setBarrier': { params: general, bodies: [{ label: 'Something new' }] },
    'epochs.readMemorySettings': { params: general },
    'epochs.updateMemorySettings': {
      params: general,
      bodies: [{ enabled: false, gapMinutes: 5, idleMinutes: 5, maxMessages: 20, sensitivity: 'low' }],
    },
    'epochs.listRelated': { params: general, query: { text: 'Shall we ship it?', rejected: 'true', limit: '2' } },
    'epochs.listEpochRelated': { params: second, query: { rejected: 'true', limit: '2' } },
    'epochs.rejectLink': { params: link },
    'epochs.restoreLink': { params: link },
    'epochs.searchMemory': { params: here, query: { q: 'Ship', mode: 'hybrid', in: streams.general.id, ...times, limit: '2' } },
    'epochs.readMemory': { params: here },
    'epochs.reindexMemory': { as: 'apiKey', params: here },
  } satisfies Record<string, Example>;
}

function ofFiles({ workspaceId, streams, files }: Furnished) {
  const here = { workspaceId };
  return {
    'files.createFile': {
      params: { ...here, streamId: streams.general.id },
      bodies: [{ name: 'plan.png', mediaType: 'image/png', sizeBytes: 10, width: 1, height: 1 }],
    },
    'files.completeFile': { params: { ...here, fileId: files.waiting } },
    'files.readFile': { params: { ...here, fileId: files.posted } },
  } satisfies Record<string, Example>;
}

function ofRetention({ workspaceId, erasureId, streams }: Furnished) {
  const here = { workspaceId };
  return {
    'retention.eraseMember': { params: { ...here, userId: 'dee' }, bodies: [{ messages: 'delete' }] },
    'retention.exportMember': { params: { ...here, userId: 'dee' }, query: page },
    'retention.listErasures': { params: here, query: page },
    'retention.readErasure': { params: { ...here, jobId: erasureId } },
    'retention.readRetention': { params: here },
    'retention.setRetention': { params: here, bodies: [{ days: 30 }, { days: null }] },
    'retention.readStreamRetention': { params: { ...here, streamId: streams.general.id } },
    'retention.setStreamRetention': {
      params: { ...here, streamId: streams.general.id },
      bodies: [{ own: 7 }, { own: 0 }, { own: null }],
    },
  } satisfies Record<string, Example>;
}

function ofTransfer({ workspaceId, exported }: Furnished) {
  const here = { workspaceId };
  return {
    'transfer.exportWorkspace': { as: 'apiKey', params: here, query: page },
    'transfer.importRecords': {
      as: 'apiKey',
      params: here,
      elsewhere: true,
      bodies: exported.map((record) => ({ records: [record] })),
    },
  } satisfies Record<string, Example>;
}

/** A route of the contract with its name and example. */
export interface Row {
  readonly name: RouteName;
  readonly route: Route;
  readonly example: Example;
}
