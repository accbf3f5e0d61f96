import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { isDeepStrictEqual } from 'node:util';
import { createStreambed } from '../../client/http/http.ts';
import type { WorkspaceClient } from '../../client/http/http.ts';
import { openLiveStream } from '../../client/stream/live-stream.ts';
import type { LiveStream } from '../../client/stream/live-stream.ts';
import { openLiveWorkspace } from '../../client/workspace/live-workspace.ts';
import type { LiveWorkspace } from '../../client/workspace/live-workspace.ts';
import { RealtimeSocket } from '../../client/socket/socket.ts';
import type { Stream } from '../../contract/stream.ts';
import { startApp } from './app.ts';
import type { RunningApp } from './app.ts';
import { limit } from '../support/slowness.ts';

jest.setTimeout(limit(120_000));

/** A user with a client: HTTP requests and live state. */
interface Viewer {
  readonly id: string;
  readonly http: WorkspaceClient;
  readonly list: LiveWorkspace;
  open(streamId: string): LiveStream;
}

let app: RunningApp;
const closing: (() => void)[] = [];

beforeAll(async () => {
  app = await startApp();
}, limit(120_000));
afterAll(async () => {
  for (const close of closing.reverse()) close();
  await app.stop();
}, limit(60_000));

async function until<Value>(what: string, get: () => Value | Promise<Value>, holds: (value: Value) => boolean): Promise<Value> {
  const end = Date.now() + limit(20_000);
  for (;;) {
    const value = await get();
    if (holds(value)) return value;
    if (Date.now() > end) throw new Error(`waited in vain until ${what}: ${JSON.stringify(value)?.slice(0, 2000)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function view(index: number): Promise<Viewer> {
  const { baseUrl, workspaceId, users } = app;
  const { id, token } = users[index]!;
  const streambed = createStreambed({ baseUrl, token });
  const http = streambed.workspace(workspaceId);
  const socket = new RealtimeSocket({ ticket: () => http.ticket() });
  const list = openLiveWorkspace({ streambed, socket, workspaceId });
  closing.push(() => {
    list.close();
    socket.close();
  });
  await until(
    `${id} is live`,
    () => list.getSnapshot().state,
    (state) => state === 'live',
  );
  return {
    id,
    http,
    list,
    open: (streamId) => {
      const stream = openLiveStream({ streambed, socket, workspaceId, streamId, userId: id });
      closing.push(() => stream.close());
      return stream;
    },
  };
}

const isOpen = ({ status }: Stream): boolean => status !== 'archived';
const sorted = (streams: readonly Stream[]): Stream[] => [...streams].sort((a, b) => (a.id < b.id ? -1 : 1));

/** Checks that the live state of viewers equals that of a new reader, once all frames have arrived. */
async function converges(...viewers: Viewer[]): Promise<void> {
  for (const { id, list, http } of viewers) {
    const same = async () => {
      const fresh = await http.bootstrap();
      const { streams, unreadNotifications, me } = list.getSnapshot();
      return [
        { streams: sorted(streams.filter(isOpen)), unreadNotifications, me },
        { streams: sorted(fresh.streams.items), unreadNotifications: fresh.unreadNotifications, me: fresh.me },
      ] as const;
    };
    const [live, fresh] = await until(`${id} sees what is`, same, ([a, b]) => isDeepStrictEqual(a, b)).catch(same);
    expect(live).toEqual(fresh);
  }
}

async function showsWhatIs(viewer: Viewer, stream: LiveStream, streamId: string): Promise<void> {
  const same = async () => {
    const { items } = await viewer.http.events(streamId).list({ limit: 200 });
    return [stream.getSnapshot().events, items] as const;
  };
  const [live, fresh] = await until('the events are those of the log', same, ([a, b]) => isDeepStrictEqual(a, b)).catch(same);
  expect(live).toEqual(fresh);
}

describe('two people with live clients, and the whole service between them', () => {
  test('see the same as a fresh reader after everything that can be done', async () => {
    const [ann, ben] = [await view(0), await view(1)];
    const channel = await ann.http.streams.create({ streamType: 'channel', name: `live ${Date.now()}` });
    await until(
      'ben hears of it',
      () => ben.list.find(channel.id),
      (stream) => stream !== undefined,
    );
    await ben.http.streams.join(channel.id);
    await converges(ann, ben);

    const [a, b] = [ann.open(channel.id), ben.open(channel.id)];
    await until(
      'both are in',
      () => [a.getSnapshot().state, b.getSnapshot().state],
      (states) => states.every((state) => state === 'live'),
    );
    a.send('one');
    a.send({ eventType: 'poll', question: 'Which?', options: ['this', 'that'] });
    a.send({ eventType: 'acme.deploy_finished', text: 'Deployed', payload: { version: 7 } });
    a.send(`look, @${ben.id}`);
    const events = await until(
      'ben sees all',
      () => b.getSnapshot().events.filter(({ actorId }) => actorId === ann.id),
      ({ length }) => length >= 4,
    );
    await until(
      'a badge with a mention',
      () => ben.list.find(channel.id),
      (stream) => stream?.unreadCount === 4 && stream.mentionCount === 1,
    );
    expect(ben.list.getSnapshot().unreadNotifications).toBeGreaterThan(0);
    expect(ann.list.find(channel.id)?.unreadCount).toBe(0);
    const byType = (type: string) => events.find(({ eventType }) => eventType === type)!;
    const message = byType('message');
    const poll = byType('poll');

    await b.react(message.id, '👍');
    await b.vote(poll.id, [poll.poll!.options[0]!.id]);
    await b.pin(message.id);
    await a.edit(message.id, 'one, better');
    await a.delete(byType('acme.deploy_finished').id);
    await ann.http.events(channel.id).share({ eventId: message.id, context: 'again' });
    await until(
      'ben sees what is shared',
      () => b.getSnapshot().events.at(-1)?.sharedRef?.preview,
      (preview) => preview?.state === 'visible',
    );
    await a.edit(message.id, 'one, best');
    await until(
      'and its edit',
      () => b.getSnapshot().events.at(-1)?.sharedRef?.preview,
      (preview) => preview?.state === 'visible' && preview.text === 'one, best',
    );
    await showsWhatIs(ann, a, channel.id);
    await showsWhatIs(ben, b, channel.id);
    await converges(ann, ben);

    const content = Object.assign(new Blob(['a,b\n1,2\n'], { type: '' }), { name: 'table.csv' });
    const progress: number[] = [];
    const file = await ben.http.files.upload(channel.id, content, { onProgress: (bytes) => progress.push(bytes) });
    b.send({ eventType: 'file', fileId: file.id, text: 'the figures' });
    const posted = await until(
      'ann has the file',
      () => a.getSnapshot().events.at(-1)?.file,
      (found) => found?.id === file.id,
    );
    expect([posted?.mediaType, progress.at(-1)]).toEqual(['text/csv', content.size]);
    const { download } = await ann.http.files.read(file.id);
    expect(await (await fetch(download.url)).text()).toBe('a,b\n1,2\n');

    ben.list.markRead(channel.id, b.getSnapshot().position);
    await converges(ann, ben);
    await ben.list.markUnread(channel.id, poll.id);
    expect(ben.list.find(channel.id)!.unreadCount).toBeGreaterThan(0);
    await converges(ben);
    a.typing();
    await until(
      'ben sees that ann types',
      () => b.getSnapshot().typists,
      (typists) => typists.includes(ann.id),
    );
  });

  test('follow threads, promotion, direct messages, private streams, archives, and what ends', async () => {
    const [ann, ben] = [await view(0), await view(1)];
    const channel = await ann.http.streams.create({ streamType: 'channel', name: `home ${Date.now()}` });
    await ben.http.streams.join(channel.id);
    const a = ann.open(channel.id);
    const root = await ann.http.events(channel.id).post({ text: 'the disk is full' });
    const thread = await ann.http.events(channel.id).thread({ eventId: root.id });
    await ben.http.events(thread.id).post({ text: 'which one?' });
    await until(
      'the root says so',
      () => a.getSnapshot().events.find(({ id }) => id === root.id)?.thread,
      (summary) => summary?.replyCount === 1,
    );
    await converges(ann, ben);
    const inThread = ben.open(thread.id);
    await ann.http.streams.promote(thread.id, { streamType: 'incident', name: `disk ${Date.now()}`, severity: 'sev1' });
    await until(
      'ben has an incident',
      () => ben.list.getSnapshot().byType.incident,
      (incidents) => incidents.some(({ id }) => id === thread.id),
    );
    await converges(ann, ben);
    await ann.http.streams.update(thread.id, { status: 'resolved' });
    const dm = await ann.http.streams.create({ streamType: 'dm', memberIds: [ben.id] });
    await ann.http.events(dm.id).post({ text: 'psst' });
    await converges(ann, ben);
    await showsWhatIs(ben, inThread, thread.id);

    const secret = await ann.http.streams.create({ streamType: 'channel', name: `secret ${Date.now()}`, visibility: 'private' });
    expect(ben.list.find(secret.id)).toBeUndefined();
    await ann.http.streams.invite(secret.id, { userIds: [ben.id] });
    await until(
      'ben is in',
      () => ben.list.find(secret.id),
      (stream) => stream?.isMember === true,
    );
    const b = ben.open(secret.id);
    await until(
      'and hears it',
      () => b.getSnapshot().state,
      (state) => state === 'live',
    );
    await ann.http.events(secret.id).post({ text: 'between us' });
    await converges(ann, ben);
    await ann.http.streams.removeMember(secret.id, ben.id);
    await until(
      'it is gone',
      () => ben.list.find(secret.id),
      (stream) => stream === undefined,
    );
    await until(
      'and silent',
      () => b.getSnapshot().problem?.code,
      (code) => code === 'not_found',
    );

    await ann.http.streams.archive(channel.id);
    await until(
      'it is archived',
      () => ben.list.find(channel.id)?.status,
      (status) => status === 'archived',
    );
    await converges(ann, ben);
    await ann.http.streams.update(channel.id, { status: 'active' });
    await converges(ann, ben);
  });
});
