import type { StreamEvent } from '../../contract/event.ts';
import { newId } from '../../contract/ids.ts';
import type { EpochId } from '../../contract/ids.ts';
import type { Stream } from '../../contract/stream.ts';
import type { WorkspaceRole } from '../../contract/workspace.ts';
import { aWorkspace, testVapidKeys } from './app.ts';
import { furnishEpochs } from './furnished-epochs.ts';
import type { EpochName } from './furnished-epochs.ts';
import type { TestApp } from './app.ts';
import { httpOf } from './http.ts';
import type { Response } from './http.ts';

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** Members of every furnished workspace. `hal` is a guest without streams, `una` was removed. */
const roles = {
  ada: 'owner',
  abe: 'admin',
  bob: 'member',
  cyd: 'member',
  dee: 'member',
  gus: 'guest',
  hal: 'guest',
  una: 'member',
} as const satisfies Record<string, WorkspaceRole>;
export type PersonId = keyof typeof roles;

export interface Furnished {
  /** Part of everything that is written in this workspace. A reader of another workspace who sees it has crossed the border. */
  readonly marker: string;
  /** Part of everything that is written in the private channel and below it. */
  readonly hush: string;
  /** Part of everything that is written in the DM. */
  readonly whisper: string;
  readonly workspaceId: string;
  readonly apiKey: string;
  readonly keyId: string;
  /** A device of ada. */
  readonly subscriptionId: string;
  /** A member of this workspace only. */
  readonly loner: string;
  readonly tokens: Readonly<Record<PersonId | 'loner', string>>;
  readonly streams: Readonly<Record<StreamName, Stream>>;
  /** A private channel that nobody is in: its owner was removed from the workspace. */
  readonly ownerless: string;
  readonly events: Readonly<Record<EventName, StreamEvent>>;
  readonly files: Readonly<Record<'posted' | 'secret' | 'waiting' | 'announced', string>>;
  /** Of `general` the first two and the open one; one of `secret`, one of the DM. */
  readonly epochs: Readonly<Record<EpochName, EpochId>>;
  /** A finished erasure. */
  readonly erasureId: string;
  /** One line of each kind from its export. */
  readonly exported: readonly { readonly kind: string }[];
  /** Activity entries of ada. */
  readonly notificationIds: readonly string[];
  /** Calls a path below the workspace as a member and expects success. */
  call(who: PersonId | 'loner', method: Method, path: string, json?: unknown): Promise<Response>;
}

type StreamName = 'general' | 'lobby' | 'secret' | 'dm' | 'outage' | 'archived' | 'thread' | 'secretThread' | 'promoted';
type EventName =
  | 'message'
  | 'named'
  | 'edited'
  | 'deleted'
  | 'poll'
  | 'closedPoll'
  | 'file'
  | 'own'
  | 'shared'
  | 'sharedSecret'
  | 'noted'
  | 'reply'
  | 'secretRoot'
  | 'secretPoll'
  | 'secretReply'
  | 'private'
  | 'archived'
  | 'plain';

type Call = Furnished['call'];

/**
 * Creates a workspace with one of everything: every type of stream and event, reactions, votes, pins, edits, mentions, files, providers.
 * Two such workspaces differ only in their ids, their marker and one member. `ada`, `abe`, `bob` and `gus` are in `general`; `ada` and
 * `cyd` in `secret`; `ada` and `bob` in the DM.
 */
export async function furnish(app: TestApp, marker: string): Promise<Furnished> {
  const { workspaceId, apiKey } = await aWorkspace(app);
  const http = httpOf(app);
  const tokens: Record<string, string> = {};
  const loner = `only-${marker}`;
  for (const [id, role] of Object.entries({ ...roles, [loner]: 'member' })) {
    const json = { userId: id, name: `${id} ${marker}`, email: `${id}@${marker}.example`, role, expiresInSeconds: 2_592_000 };
    const minted = await http({ method: 'POST', path: '/v1/tokens', token: apiKey, json });
    tokens[id === loner ? 'loner' : id] = minted.body.token as string;
  }
  const call: Call = async (who, method, path, json) => {
    const response = await http({
      method,
      path: `/v1/workspaces/${workspaceId}${path}`,
      token: tokens[who] ?? '',
      ...(json !== undefined && { json }),
    });
    if (response.status >= 300) throw new Error(`${who}: ${method} ${path}: ${response.status} ${JSON.stringify(response.body)}`);
    return response;
  };
  await call('ada', 'POST', '/providers', { kind: 'webhook', name: `Hook ${marker}` });
  await call('ada', 'POST', '/providers', { kind: 'web', name: `Site ${marker}` });
  const made = await call('ada', 'POST', '/keys', { name: `Key ${marker}`, scopes: ['tokens'] });
  const subscriptionId = await aDevice(http, tokens['ada'] ?? '', marker);
  const streams = await someStreams(call, marker);
  const { events, files } = await someEvents(app, call, marker, streams);
  await call('ada', 'DELETE', `/streams/${streams.archived.id}`);
  const lost = await call('una', 'POST', '/streams', { streamType: 'channel', name: `Lost ${marker}`, visibility: 'private' });
  await call('ada', 'DELETE', '/members/una');
  const epochs = await furnishEpochs(app, { streams, events: events.events, marker, workspaceId });
  const erasureId = await anErasure(app, workspaceId);
  await someSettings(app, call, { workspaceId, streamId: streams.general.id });
  const activity = (await call('ada', 'GET', '/notifications')).body.items as { id: string }[];
  return {
    marker,
    hush: `hush${marker}`,
    whisper: `whisper${marker}`,
    workspaceId,
    apiKey,
    keyId: (made.body.key as { id: string }).id,
    subscriptionId,
    loner,
    tokens: tokens as Furnished['tokens'],
    streams: { ...streams, ...events.streams },
    ownerless: lost.body.id as string,
    events: events.events,
    files,
    epochs,
    erasureId,
    notificationIds: activity.map(({ id }) => id),
    exported: await oneOfEachKind(http, workspaceId, apiKey),
    call,
  };
}

/** Settings of notifications, and what was decided. */
async function someSettings(app: TestApp, call: Call, { workspaceId, streamId }: { workspaceId: string; streamId: string }): Promise<void> {
  const quietHours = { from: '22:00', to: '07:00', timeZone: 'Europe/Berlin' };
  await call('ada', 'PUT', '/notifications/settings', { level: 'all', quietHours, incidents: true, email: true });
  await call('ada', 'PUT', '/notifications/defaults', { level: 'default', showText: true });
  await app.test.owner.query('insert into notified_streams (stream_id, workspace_id, seq) values ($1, $2, 1)', [streamId, workspaceId]);
  await app.test.owner.query(`insert into notified_members (stream_id, user_id, workspace_id, seq) values ($1, 'ada', $2, 1)`, [
    streamId,
    workspaceId,
  ]);
}

async function aDevice(http: ReturnType<typeof httpOf>, token: string, marker: string): Promise<string> {
  const json = {
    endpoint: `https://fcm.googleapis.com/fcm/send/${marker}`,
    keys: { p256dh: testVapidKeys[0]?.publicKey, auth: 'A'.repeat(22) },
    device: `Phone ${marker}`,
  };
  const { status, body } = await http({ method: 'POST', path: '/api/register-subscriptions', token, json });
  if (status !== 201) throw new Error(`The device was refused: ${JSON.stringify(body)}`);
  return body.id as string;
}

/** Writes a finished erasure of somebody who was never furnished. */
async function anErasure(app: TestApp, workspaceId: string): Promise<string> {
  const id = newId('job', app.time.getTime());
  const input = { userId: 'erased_x', replacement: 'erased_x', messages: 'delete', name: '', email: null };
  await app.test.owner.query(
    `insert into jobs (id, workspace_id, kind, status, input, total, started_at, moved_at, finished_at)
     values ($1, $2, 'erasure', 'done', $3, 0, $4, $4, $4)`,
    [id, workspaceId, JSON.stringify(input), app.time],
  );
  return id;
}

async function oneOfEachKind(http: ReturnType<typeof httpOf>, workspaceId: string, apiKey: string): Promise<{ kind: string }[]> {
  const kinds = new Map<string, { kind: string }>();
  for (let cursor: unknown; cursor !== null;) {
    const query = { limit: '1000', ...(typeof cursor === 'string' && { cursor }) };
    const { body } = await http({ path: `/v1/workspaces/${workspaceId}/export`, token: apiKey, query });
    // The last of a kind has the most fields.
    for (const record of body.items as { kind: string }[]) kinds.set(record.kind, record);
    cursor = body.nextCursor ?? null;
  }
  return [...kinds.values()];
}

type FirstStreams = Record<Exclude<StreamName, 'thread' | 'secretThread' | 'promoted'>, Stream>;

async function someStreams(call: Call, marker: string): Promise<FirstStreams> {
  const make = async (who: PersonId, json: object) => (await call(who, 'POST', '/streams', json)).body as unknown as Stream;
  const channel = (who: PersonId, name: string, more: object = {}) =>
    make(who, { streamType: 'channel', name: `${name} ${marker}`, description: `About ${marker}`, ...more });
  const general = await channel('ada', 'General');
  await call('ada', 'POST', `/streams/${general.id}/members`, { userIds: ['abe', 'bob', 'gus'] });
  const secret = await channel('ada', 'Secret', { visibility: 'private', description: `About hush${marker}` });
  await call('ada', 'POST', `/streams/${secret.id}/members`, { userIds: ['cyd'] });
  return {
    general,
    secret,
    lobby: await channel('abe', 'Lobby'),
    dm: await make('ada', { streamType: 'dm', memberIds: ['bob'] }),
    outage: await make('bob', { streamType: 'incident', name: `Outage ${marker}`, severity: 'sev2' }),
    archived: await channel('ada', 'Archived'),
  };
}

async function someEvents(app: TestApp, call: Call, marker: string, streams: FirstStreams) {
  const { general, secret, dm, archived } = streams;
  const body = async <Body>(answer: Promise<Response>): Promise<Body> => (await answer).body as Body;
  const post = (who: PersonId, stream: Stream, json: object) => body<StreamEvent>(call(who, 'POST', `/streams/${stream.id}/events`, json));
  const say = (who: PersonId, stream: Stream, text: string) => post(who, stream, { text: `${text} ${marker}` });
  const branch = (who: PersonId, stream: Stream, event: StreamEvent) =>
    body<Stream>(call(who, 'POST', `/streams/${stream.id}/thread`, { eventId: event.id }));
  const share = (who: PersonId, event: StreamEvent) =>
    body<StreamEvent>(call(who, 'POST', `/streams/${general.id}/share`, { eventId: event.id, context: `See ${marker}` }));
  const ofEvent = (event: StreamEvent) => `/streams/${event.streamId}/events/${event.id}`;
  const poll = (more: object = {}) => ({ eventType: 'poll', question: `Ship ${marker}?`, options: [`Yes ${marker}`, 'No'], ...more });

  const plain = await say('ada', general, 'Nothing hangs on this');
  const message = await say('ada', general, `Hello @bob and @here, see #general-${marker}`);
  const first = await say('ada', general, 'First words');
  const edited = await body<StreamEvent>(call('ada', 'PATCH', ofEvent(first), { text: `Second words ${marker}` }));
  const gone = await say('ada', general, 'Gone');
  const deleted = await body<StreamEvent>(call('ada', 'DELETE', ofEvent(gone)));
  const vote = await post('ada', general, poll());
  await call('bob', 'PUT', `${ofEvent(vote)}/votes`, { optionIds: ['opt_1'] });
  const closedPoll = await post('ada', general, poll({ closesAt: new Date(app.time.getTime() + 1).toISOString() }));
  const own = await post('bob', general, { eventType: 'acme.deploy_finished', text: `Deployed ${marker}`, payload: { build: marker } });
  await call('bob', 'POST', `${ofEvent(message)}/reactions`, { emoji: '👍' });
  await call('ada', 'PUT', `${ofEvent(message)}/pin`);
  await say('bob', general, '@ada look');
  const named = await say('ada', general, `It is all in #secret-${marker} and #lobby-${marker}`);
  await say('cyd', secret, `@ada and @bob look here hush${marker}`);

  const thread = await branch('bob', general, message);
  const reply = await say('bob', thread, 'A reply');
  const root = await say('ada', general, 'It burns');
  const promoted = await branch('ada', general, root);
  await say('ada', promoted, 'Water!');
  await call('ada', 'POST', `/streams/${promoted.id}/promote`, { streamType: 'incident', name: `Fire ${marker}` });

  const secretRoot = await say('ada', secret, `Between us hush${marker}`);
  await call('ada', 'PATCH', ofEvent(secretRoot), { text: `Between us two hush${marker} ${marker}` });
  await call('ada', 'PUT', `${ofEvent(secretRoot)}/pin`);
  await call('cyd', 'POST', `${ofEvent(secretRoot)}/reactions`, { emoji: '🤫' });
  const secretThread = await branch('ada', secret, secretRoot);
  const secretPoll = await post('ada', secret, poll({ question: `Ship hush${marker}?`, options: [`Yes hush${marker}`, 'No'] }));
  const [announced, posted, hidden, waiting] = await Promise.all([
    aFile(app, call, general, marker, false),
    aFile(app, call, general, marker),
    aFile(app, call, secret, `hush${marker}`),
    aFile(app, call, general, marker),
  ]);
  await post('ada', secret, { eventType: 'file', fileId: hidden, text: `Our file hush${marker} ${marker}` });
  const events: Record<EventName, StreamEvent> = {
    plain,
    named,
    message,
    edited,
    deleted,
    poll: vote,
    closedPoll,
    own,
    file: await post('ada', general, { eventType: 'file', fileId: posted, text: `A file ${marker}` }),
    shared: await share('bob', message),
    sharedSecret: await share('ada', secretRoot),
    noted: (await body<{ items: StreamEvent[] }>(call('ada', 'GET', `/streams/${general.id}/events`))).items.find(
      ({ eventType }) => eventType === 'member_joined',
    ) as StreamEvent,
    reply,
    secretRoot,
    secretPoll,
    secretReply: await say('cyd', secretThread, `Nobody knows hush${marker}`),
    private: await say('bob', dm, `You and me whisper${marker}`),
    archived: await say('ada', archived, 'Long ago'),
  };
  return {
    events: { events, streams: { thread, secretThread, promoted: await body<Stream>(call('ada', 'GET', `/streams/${promoted.id}`)) } },
    files: { posted, secret: hidden, waiting, announced },
  };
}

/** A file of ada's, uploaded by default. */
async function aFile(app: TestApp, call: Call, stream: Stream, marker: string, isUploaded = true): Promise<string> {
  const json = { name: `${marker}.png`, mediaType: 'image/png', sizeBytes: 10 };
  const { body } = await call('ada', 'POST', `/streams/${stream.id}/files`, json);
  const { id } = body.file as { id: string };
  if (isUploaded) await app.test.owner.query('update files set uploaded_at = $2 where id = $1', [id, app.time]);
  return id;
}
