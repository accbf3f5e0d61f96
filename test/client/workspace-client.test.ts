import { afterEach, describe, expect, test } from '@jest/globals';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createStreambed } from '../../client/http/http.ts';
import type { WorkspaceClient } from '../../client/http/http.ts';
import { mediaTypeOf } from '../../client/http/files-client.ts';
import { api } from '../../contract/api.ts';
import { publicPath } from '../../contract/route.ts';
import type { Route } from '../../contract/route.ts';
import { problem, streamId, workspaceId } from './fake-server.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

interface Seen {
  readonly method: string;
  readonly path: string;
  readonly query: Record<string, string>;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: string;
}
type Answer = (seen: Seen, origin: string) => { status: number; body?: unknown };

async function served(answer: Answer): Promise<{ seen: Seen[]; workspace: WorkspaceClient }> {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const url = new URL(request.url ?? '', origin);
      const query = Object.fromEntries(url.searchParams);
      seen.push({ method: request.method ?? '', path: url.pathname, query, headers: request.headers, body });
      const { status, body: reply } = answer(seen.at(-1)!, origin);
      response.writeHead(status, { 'content-type': status < 400 ? 'application/json' : 'application/problem+json' });
      response.end(JSON.stringify(reply));
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { seen, workspace: createStreambed({ baseUrl: origin, token: 'secret' }).workspace(workspaceId) };
}

const eventId = 'evt_01kb0000000000000000000000';
const epochId = 'ep_01kb0000000000000000000000';
const userId = 'bob';
const calls: [Route, (workspace: WorkspaceClient) => Promise<unknown>][] = [
  [api.workspaces.readWorkspace, (w) => w.read()],
  [api.streams.bootstrap, (w) => w.bootstrap()],
  [api.streams.listStreams, (w) => w.streams.list({ sort: 'activity', type: 'incident', member: 'true', limit: 3 })],
  [api.streams.createStream, (w) => w.streams.create({ streamType: 'dm', memberIds: [userId] })],
  [api.streams.readStream, (w) => w.streams.read(streamId)],
  [api.streams.updateStream, (w) => w.streams.update(streamId, { name: 'new', severity: 'sev1' })],
  [api.streams.archiveStream, (w) => w.streams.archive(streamId)],
  [api.streams.promoteStream, (w) => w.streams.promote(streamId, { streamType: 'incident', name: 'Payments' })],
  [api.streams.listOwnerlessStreams, (w) => w.streams.ownerless({ limit: 3 })],
  [api.streams.recoverStream, (w) => w.streams.recover(streamId)],
  [api.streams.purgeVersions, (w) => w.events(streamId).purgeVersions(eventId)],
  [api.retention.readRetention, (w) => w.retention.read()],
  [api.retention.setRetention, (w) => w.retention.set({ days: 30 })],
  [api.retention.readStreamRetention, (w) => w.retention.readOf(streamId)],
  [api.retention.setStreamRetention, (w) => w.retention.setOf(streamId, { own: 30 })],
  [api.retention.eraseMember, (w) => w.retention.erase(userId, { messages: 'delete' })],
  [api.retention.listErasures, (w) => w.retention.erasures({ limit: 3 })],
  [api.retention.readErasure, (w) => w.retention.erasure('job_01kb0000000000000000000000')],
  [api.retention.exportMember, (w) => w.retention.exportMember(userId, { limit: 3 })],
  [api.workspaces.listAudit, (w) => w.retention.audit({ limit: 3 })],
  [api.streams.joinStream, (w) => w.streams.join(streamId)],
  [api.streams.leaveStream, (w) => w.streams.leave(streamId)],
  [api.streams.listStreamMembers, (w) => w.streams.members(streamId, { q: 'an' })],
  [api.streams.inviteMembers, (w) => w.streams.invite(streamId, { userIds: [userId] })],
  [api.streams.updateStreamMember, (w) => w.streams.updateMember(streamId, userId, { role: 'admin' })],
  [api.streams.removeStreamMember, (w) => w.streams.removeMember(streamId, userId)],
  [api.streams.markRead, (w) => w.streams.markRead(streamId, 7)],
  [api.streams.markRead, (w) => w.streams.markRead(streamId)],
  [api.streams.markUnread, (w) => w.streams.markUnread(streamId, eventId)],
  [api.streams.listEvents, (w) => w.events(streamId).list({ around: 7 })],
  [api.streams.postEvent, (w) => w.events(streamId).post({ text: 'hi' })],
  [api.streams.postEvent, (w) => w.events(streamId).post({ eventType: 'poll', question: 'Which?', options: ['a', 'b'] })],
  [api.streams.postEvent, (w) => w.events(streamId).post({ eventType: 'acme.deployed', payload: { version: 3 } })],
  [api.streams.readEvent, (w) => w.events(streamId).read(eventId)],
  [api.streams.editEvent, (w) => w.events(streamId).edit(eventId, { text: 'ho' })],
  [api.streams.deleteEvent, (w) => w.events(streamId).delete(eventId)],
  [api.streams.listVersions, (w) => w.events(streamId).versions(eventId)],
  [api.streams.addReaction, (w) => w.events(streamId).react(eventId, '👍')],
  [api.streams.removeReaction, (w) => w.events(streamId).unreact(eventId, '👍')],
  [api.streams.castVotes, (w) => w.events(streamId).vote(eventId, ['opt_1'])],
  [api.streams.pinEvent, (w) => w.events(streamId).pin(eventId)],
  [api.streams.unpinEvent, (w) => w.events(streamId).unpin(eventId)],
  [api.streams.listPins, (w) => w.events(streamId).pins()],
  [api.streams.shareEvent, (w) => w.events(streamId).share({ eventId, context: 'look' })],
  [api.streams.createThread, (w) => w.events(streamId).thread({ eventId })],
  [api.streams.searchEvents, (w) => w.search({ q: 'disk full', in: streamId })],
  [api.notifications.listNotifications, (w) => w.notifications.list({ unread: 'true' })],
  [api.notifications.markNotificationsRead, (w) => w.notifications.markRead({ upTo: 'ntf_01kb0000000000000000000000' })],
  [api.workspaces.listMembers, (w) => w.members.list({ q: 'bo' })],
  [api.workspaces.updateMember, (w) => w.members.update(userId, { role: 'admin' })],
  [api.workspaces.removeMember, (w) => w.members.remove(userId)],
  [api.workspaces.signOutMember, (w) => w.members.signOut(userId)],
  [api.workspaces.listProviders, (w) => w.providers.list()],
  [api.workspaces.createProvider, (w) => w.providers.create({ kind: 'web', name: 'x' })],
  [api.workspaces.listKeys, (w) => w.keys.list({ limit: 3 })],
  [api.workspaces.createKey, (w) => w.keys.create({ name: 'Sign-in', scopes: ['tokens'] })],
  [api.workspaces.rotateKey, (w) => w.keys.rotate('key_01kb0000000000000000000000', { overlapSeconds: 60 })],
  [api.workspaces.revokeKey, (w) => w.keys.revoke('key_01kb0000000000000000000000')],
  [api.files.readFile, (w) => w.files.read('fil_01kb0000000000000000000000')],
  [api.realtime.createTicket, (w) => w.ticket()],
  [api.kit.readWsAuth, (w) => w.kit.wsAuth()],
  [api.kit.readConnectionId, (w) => w.kit.connectionId()],
  [api.kit.tellEditingState, (w) => w.kit.tellEditingState({ cid: 'channel:general', typing: true })],
  [api.kit.listPresence, (w) => w.presence({ userIds: 'ada,bob' })],
  [api.kit.listSubscriptions, (w) => w.kit.subscriptions()],
  [
    api.kit.registerSubscription,
    (w) =>
      w.kit.registerSubscription({
        endpoint: 'https://fcm.googleapis.com/x',
        keys: { p256dh: 'B'.repeat(87), auth: 'A'.repeat(22) },
      }),
  ],
  [api.kit.deleteSubscription, (w) => w.kit.deleteSubscription('psh_01kb0000000000000000000000')],
  [api.notifications.readNotificationSettings, (w) => w.notifications.readSettings()],
  [
    api.notifications.putNotificationSettings,
    (w) => w.notifications.putSettings({ level: null, quietHours: null, incidents: true, email: true }),
  ],
  [api.notifications.readNotificationDefaults, (w) => w.notifications.readDefaults()],
  [api.notifications.putNotificationDefaults, (w) => w.notifications.putDefaults({ level: 'all', showText: true })],
  [api.kit.readDraft, (w) => w.kit.draft('channel:general')],
  [api.kit.saveDraft, (w) => w.kit.saveDraft(streamId, { text: 'soon', revision: 3 })],
  [api.kit.postDraft, (w) => w.kit.postDraft(streamId, { text: 'soon' })],
  [api.kit.deleteDraft, (w) => w.kit.deleteDraft(streamId, { revision: 3 })],
  [api.kit.listDrafts, (w) => w.drafts({ limit: 3 })],
  [api.kit.readKitConfig, (w) => w.kit.config('channel:general')],
  [api.kit.listKitMessages, (w) => w.kit.messages(streamId, { around: 7 })],
  [api.kit.listKitMembers, (w) => w.kit.members(streamId, { offset: 20, limit: 20 })],
  [api.epochs.readMemory, (w) => w.memory.read()],
  [api.epochs.searchMemory, (w) => w.memory.search({ q: 'disk full', mode: 'hybrid', in: streamId, limit: 3 })],
  [api.epochs.listEpochs, (w) => w.memory.epochs(streamId, { limit: 3 })],
  [api.epochs.setBarrier, (w) => w.memory.setBarrier(streamId)],
  [api.epochs.setBarrier, (w) => w.memory.setBarrier(streamId, { label: 'Payments' })],
  [api.epochs.readMemorySettings, (w) => w.memory.readSettings(streamId)],
  [api.epochs.updateMemorySettings, (w) => w.memory.updateSettings(streamId, { gapMinutes: 5 })],
  [api.epochs.listRelated, (w) => w.memory.related(streamId, { text: 'disk full' })],
  [api.epochs.readEpoch, (w) => w.memory.epoch(epochId, { after: 7, limit: 3 })],
  [api.epochs.updateEpoch, (w) => w.memory.updateEpoch(epochId, { label: null }, { ifMatch: 7 })],
  [api.epochs.mergeEpoch, (w) => w.memory.mergeEpoch(epochId, { ifMatch: 7 })],
  [api.epochs.splitEpoch, (w) => w.memory.splitEpoch(epochId, { eventId }, { ifMatch: 7 })],
  [api.epochs.listEpochRelated, (w) => w.memory.epochRelated(epochId, { rejected: 'true' })],
  [api.epochs.rejectLink, (w) => w.memory.rejectLink(epochId, epochId)],
  [api.epochs.restoreLink, (w) => w.memory.restoreLink(epochId, epochId)],
];

describe('the client of a workspace', () => {
  test.each(calls.map(([route, call]) => ({ route, call })))(
    'asks as the contract says: $route.method $route.path',
    async ({ route, call }) => {
      const { seen, workspace } = await served(() => ({ status: 404, body: problem('not_found') }));
      await expect(call(workspace)).rejects.toMatchObject({ problem: { code: 'not_found' } });
      const [asked] = seen;
      expect(asked!.method).toBe(route.method);
      const pattern = new RegExp(`^${publicPath(route).replace(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`);
      route.params.parse({ ...pattern.exec(asked!.path)!.groups });
      route.query.parse(asked!.query);
      if (route.body !== undefined) route.body.parse(JSON.parse(asked!.body));
      else expect(asked!.body).toBe('');
    },
  );

  test('has a method for every route that a member may call', () => {
    const tested = new Set<Route>([...calls.map(([route]) => route), api.files.createFile, api.files.completeFile]);
    const missing = Object.values(api)
      .flatMap((group): Route[] => Object.values(group))
      .filter((route) => (route.auth === 'user' || route.auth === 'userOrApiKey') && !tested.has(route));
    expect(missing.map(({ method, path }) => `${method} ${path}`)).toEqual([]);
  });
});

const file = {
  id: 'fil_01kb0000000000000000000000',
  name: 'plan.txt',
  mediaType: 'text/plain',
  sizeBytes: 5,
  width: null,
  height: null,
  uploadedBy: 'ann',
  createdAt: '2026-11-20T12:00:00.000Z',
  streamId,
};
const content = Object.assign(new Blob(['hello'], { type: 'text/plain;charset=utf-8' }), { name: 'plan.txt' });

/** Files as the service keeps them; the address of an upload answers with these statuses, one after the other. */
function filesWith(puts: number[]): Answer {
  return ({ method, path }, origin) => {
    const upload = { url: `${origin}/bucket/key`, method: 'PUT', headers: { 'content-type': 'text/plain', 'if-none-match': '*' } };
    if (method === 'PUT') return { status: puts.shift() ?? 200 };
    if (path.endsWith('/files')) return { status: 201, body: { file, upload: { ...upload, expiresAt: '2099-01-01T00:00:00.000Z' } } };
    return { status: 200, body: file };
  };
}

describe('uploading a file', () => {
  test('announces it, sends it without our token, completes it, and says how far it is', async () => {
    const { seen, workspace } = await served(filesWith([]));
    const progress: number[][] = [];
    expect(await workspace.files.upload(streamId, content, { onProgress: (...step) => progress.push(step) })).toEqual(file);
    expect(seen.map(({ method, path }) => `${method} ${path}`)).toEqual([
      `POST /v1/workspaces/${workspaceId}/streams/${streamId}/files`,
      'PUT /bucket/key',
      `POST /v1/workspaces/${workspaceId}/files/${file.id}/complete`,
    ]);
    expect(JSON.parse(seen[0]!.body)).toEqual({ name: 'plan.txt', mediaType: 'text/plain', sizeBytes: 5 });
    expect(seen[1]).toMatchObject({
      body: 'hello',
      headers: { 'content-type': 'text/plain', 'if-none-match': '*', 'content-length': '5' },
    });
    expect(seen[1]!.headers.authorization).toBeUndefined();
    expect(progress).toEqual([
      [0, 5],
      [5, 5],
    ]);
  });

  test('is tried again where the storage fails; content that is there already is fine', async () => {
    const { seen, workspace } = await served(filesWith([503, 412]));
    expect(await workspace.files.upload(streamId, content)).toEqual(file);
    expect(seen.filter(({ method }) => method === 'PUT')).toHaveLength(2);
  });

  test('that the storage refuses is an error, and the file is not completed', async () => {
    const { seen, workspace } = await served(filesWith([403]));
    await expect(workspace.files.upload(streamId, content)).rejects.toMatchObject({
      problem: { code: 'upload_missing', detail: expect.stringContaining('403') },
    });
    expect(seen.map(({ method }) => method)).toEqual(['POST', 'PUT']);
  });

  test('stops when its signal says so', async () => {
    const controller = new AbortController();
    const { seen, workspace } = await served(filesWith([503, 503, 503]));
    const upload = workspace.files.upload(streamId, content, {
      signal: controller.signal,
      onProgress: () => controller.abort(new Error('never mind')),
    });
    await expect(upload).rejects.toThrow('never mind');
    expect(seen.filter(({ path }) => path.endsWith('complete'))).toEqual([]);
  });

  test.each([
    ['text/plain;charset=utf-8', 'a', 'text/plain'],
    ['', 'notes.MD', 'text/markdown'],
    ['application/octet-stream', 'table.csv', 'text/csv'],
    ['image/svg+xml', 'logo.svg', 'image/svg+xml'],
    ['', 'unknown', ''],
  ])('type %j of %j is announced as %j', (type, name, mediaType) => {
    expect(mediaTypeOf({ type, name })).toBe(mediaType);
  });
});
