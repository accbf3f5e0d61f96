import { demoChannels, demoDm, demoPoll, demoReactions, demoThread } from './demo-story.ts';

export interface DemoUser {
  readonly id: string;
  readonly name: string;
  readonly token: string;
}

interface Call {
  readonly path: string;
  readonly token: string;
  readonly method?: string;
  readonly body?: unknown;
  readonly idempotencyKey?: string;
}
interface WithId {
  readonly id: string;
}

/** Posts the demo's conversations. Idempotent: streams and messages carry keys. */
export async function tellStory(baseUrl: string, workspaceId: string, users: readonly DemoUser[]): Promise<void> {
  const as = (id: string) => {
    const user = users.find((candidate) => candidate.id === id);
    if (user === undefined) throw new Error(`The demo has no user ${id}`);
    return <Answer = WithId>(path: string, body?: unknown, more: Partial<Call> = {}) =>
      callDemo(baseUrl, { path: `/v1/workspaces/${workspaceId}${path}`, token: user.token, body, ...more }) as Promise<Answer>;
  };
  const channels = new Map<string, { id: string; messages: WithId[] }>();
  for (const { by, messages, ...channel } of demoChannels) {
    const { id } = await as(by)('/streams', { streamType: 'channel', ...channel }, { idempotencyKey: `demo-${channel.slug}` });
    for (const user of users) if (user.id !== by) await as(user.id)(`/streams/${id}/join`);
    const posted: WithId[] = [];
    for (const [index, [author, text]] of messages.entries()) {
      posted.push(await as(author)(`/streams/${id}/events`, { text, clientEventId: `demo-${index}` }));
    }
    channels.set(channel.slug, { id, messages: posted });
  }
  const channelOf = (slug: string): { id: string; messages: WithId[] } => channels.get(slug) ?? { id: '', messages: [] };
  await tellAside(as, channelOf);
  for (const user of users) {
    const { streams } = await as(user.id)<{ streams: { items: (WithId & { isMember: boolean })[] } }>('/bootstrap', undefined, {
      method: 'GET',
    });
    for (const stream of streams.items) if (stream.isMember) await as(user.id)(`/streams/${stream.id}/read`, {});
  }
}

type As = (id: string) => <Answer = WithId>(path: string, body?: unknown, more?: Partial<Call>) => Promise<Answer>;

/** Adds the thread, the poll, the reactions and the direct messages. */
async function tellAside(as: As, channelOf: (slug: string) => { id: string; messages: WithId[] }): Promise<void> {
  const { id: threadParent, messages } = channelOf(demoThread.slug);
  const thread = await as('priya')(`/streams/${threadParent}/thread`, { eventId: messages[demoThread.message]?.id });
  for (const [index, [author, text]] of demoThread.replies.entries()) {
    await as(author)(`/streams/${thread.id}/events`, { text, clientEventId: `demo-${index}` });
  }
  const { slug, by, question, options, votes } = demoPoll;
  const asked = { eventType: 'poll', question, options, clientEventId: 'demo-poll' };
  const poll = await as(by)<WithId & { poll: { options: WithId[] } }>(`/streams/${channelOf(slug).id}/events`, asked);
  for (const [voter, index] of votes) {
    const body = { optionIds: [poll.poll.options[index]?.id] };
    await as(voter)(`/streams/${channelOf(slug).id}/events/${poll.id}/votes`, body, { method: 'PUT' });
  }
  for (const reaction of demoReactions) {
    const channel = channelOf(reaction.slug);
    const path = `/streams/${channel.id}/events/${channel.messages[reaction.message]?.id}/reactions`;
    for (const person of reaction.by) await as(person)(path, { emoji: reaction.emoji });
  }
  const [first] = demoDm.between;
  const dm = await as(first)('/streams', { streamType: 'dm', memberIds: demoDm.between });
  for (const [index, [author, text]] of demoDm.messages.entries()) {
    await as(author)(`/streams/${dm.id}/events`, { text, clientEventId: `demo-${index}` });
  }
}

/** A request of the demo that the app refused. */
export class DemoRefused extends Error {
  readonly status: number;
  constructor(request: string, status: number, answer: string) {
    super(`The demo could not be made: ${request} answered ${status} ${answer}`);
    this.status = status;
  }
}

/** Sends one request to the app. Throws `DemoRefused` with the status of any answer that is not 2xx. */
export async function callDemo(baseUrl: string, { path, token, method = 'POST', body, idempotencyKey }: Call): Promise<unknown> {
  const response = await fetch(`${baseUrl}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new DemoRefused(`${method} ${path}`, response.status, text);
  return text === '' ? undefined : JSON.parse(text);
}
