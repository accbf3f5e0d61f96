import { setTimeout as pause } from 'node:timers/promises';
import { ownRoom, roomOf } from './arena.ts';
import type { Answered, Arena, Attack, Ear, Person } from './arena.ts';

/** Time for frames that must not come, in milliseconds. */
const silenceMs = 700;

interface Branch {
  readonly owner: Person;
  readonly visitor: Person;
  readonly channel: Answered;
  readonly thread: Answered;
}

/** A public channel with a thread, which a visitor follows by a reply. */
async function aFollowedThread({ own }: Arena): Promise<Branch> {
  const [owner, visitor] = [await own.person('ada'), await own.person('vic')];
  const channel = await own.stream(owner);
  const root = await own.to(owner, channel.id).post('root');
  const thread = await own.to(owner, channel.id).thread(root.id);
  await own.to(visitor, thread.id).post('a reply of the visitor');
  return { owner, visitor, channel, thread };
}

async function promotedAfterLoss(arena: Arena, visibility: string): Promise<string> {
  const { owner, visitor, channel, thread } = await aFollowedThread(arena);
  const { own } = arena;
  await own.to(owner, channel.id).call('PATCH', '', { visibility: 'private' });
  await own.to(owner, thread.id).call('POST', '/promote', { streamType: 'channel', name: arena.unique('kept '), visibility });
  return own.to(visitor, thread.id).sees();
}

async function narrowedBeside(arena: Arena, other: (branch: Branch, rootId: string) => Promise<Answered>): Promise<string> {
  const { own } = arena;
  let readable = 0;
  for (let round = 0; round < 6; round++) {
    const branch = await aFollowedThread(arena);
    // A follower may become a member by the promotion that comes first; a stranger never.
    const stranger = await own.person('stranger');
    const fresh = await own.to(branch.owner, branch.channel.id).post('another root');
    const [, made] = await Promise.all([
      own.to(branch.owner, branch.channel.id).call('PATCH', '', { visibility: 'private' }),
      other(branch, fresh.id),
    ]);
    const id = made.body?.id ?? branch.thread.id;
    if (!(await own.to(stranger, id).sees()).startsWith('404')) readable++;
  }
  return `${readable} of 6 readable`;
}

async function heardAfter(arena: Arena, lose: (branch: Branch) => Promise<unknown>): Promise<string> {
  const { own } = arena;
  const branch = await aFollowedThread(arena);
  const { owner, visitor, channel, thread } = branch;
  await own.to(visitor, channel.id).call('POST', '/join');
  const ear = (await arena.listen(visitor)) as Ear;
  await ear.subscribe(roomOf(channel), roomOf(thread), ownRoom(visitor));
  await own.to(owner, channel.id).post('before it');
  await ear.waitFor('a message', () => ear.hears('before it'));
  await lose(branch);
  for (let i = 0; i < 5; i++)
    await Promise.all([own.to(owner, channel.id).post(`after ${i}`), own.to(owner, thread.id).post(`below ${i}`)]);
  await pause(silenceMs);
  const heard = Array.from({ length: 5 }, (_, i) => [`after ${i}`, `below ${i}`])
    .flat()
    .filter((text) => ear.hears(text));
  return `${heard.length} of 10 heard`;
}

/** Promises of who may read: losing a stream is losing it everywhere, and another's stream does not exist. */
export const accessAttacks: readonly Attack[] = [
  ...['inherit', 'private'].map((visibility): Attack => ({
    promise: 'A1',
    tries: `read a thread that is promoted (${visibility}) after its channel became private`,
    should: '404, 0 messages',
    run: (arena) => promotedAfterLoss(arena, visibility),
  })),
  {
    promise: 'A2',
    tries: 'have a thread on an old message tell its removed author',
    should: 'told nothing, not among its members',
    async run(arena) {
      const { own } = arena;
      const [owner, author] = [await own.person('ada'), await own.person('old')];
      const channel = await own.stream(owner, { visibility: 'private' });
      await own.to(owner, channel.id).invite(author.id);
      const said = await own.to(author, channel.id).post('an old message');
      await own.to(owner, channel.id).call('DELETE', `/members/${author.id}`);
      const ear = (await arena.listen(author)) as Ear;
      await ear.subscribe(ownRoom(author));
      const thread = await own.to(owner, channel.id).thread(said.id);
      await own.to(owner, thread.id).post('a reply');
      await pause(silenceMs);
      const isTold = ear.hears(thread.id);
      const members = await own.to(owner, thread.id).call('GET', '/members');
      const isIn = JSON.stringify(members.body).includes(`"${author.id}"`);
      return `${isTold ? 'told of it' : 'told nothing'}, ${isIn ? 'among' : 'not among'} its members`;
    },
  },
  {
    promise: 'A3',
    tries: 'start threads while the channel becomes private, and read them as a visitor',
    should: '0 of 6 readable',
    run: (arena) =>
      narrowedBeside(arena, ({ owner, channel }, eventId) => arena.own.to(owner, channel.id).call('POST', '/thread', { eventId })),
  },
  {
    promise: 'A3',
    tries: 'promote a thread while its channel becomes private, and read it as a visitor',
    should: '0 of 6 readable',
    run: (arena) =>
      narrowedBeside(arena, ({ owner, thread }) =>
        arena.own.to(owner, thread.id).call('POST', '/promote', { streamType: 'channel', name: arena.unique('raced ') }),
      ),
  },
  {
    promise: 'A4',
    tries: 'hear a channel and its thread after being removed from the channel, made private first',
    should: '0 of 10 heard',
    run: (arena) =>
      heardAfter(arena, async ({ owner, visitor, channel }) => {
        await arena.own.to(owner, channel.id).call('PATCH', '', { visibility: 'private' });
        await arena.own.to(owner, channel.id).call('DELETE', `/members/${visitor.id}`);
      }),
  },
  {
    promise: 'A4',
    tries: 'hear them after being removed from the workspace',
    should: '0 of 10 heard',
    run: (arena) => heardAfter(arena, ({ visitor }) => arena.call(arena.own.key, 'DELETE', `${arena.own.path}/members/${visitor.id}`)),
  },
  {
    promise: 'A5',
    tries: "learn a private stream's name from the parent it was promoted out of",
    should: 'name not told',
    async run(arena) {
      const { owner, visitor, channel, thread } = await aFollowedThread(arena);
      const { own } = arena;
      const name = arena.unique('layoffs ');
      const ear = (await arena.listen(visitor)) as Ear;
      await ear.subscribe(roomOf(channel), ownRoom(visitor), `ws:${own.id}`);
      await own.to(owner, thread.id).call('POST', '/promote', { streamType: 'channel', name, visibility: 'private' });
      await own.to(owner, thread.id).call('DELETE', `/members/${visitor.id}`);
      await own.to(owner, thread.id).post('among us');
      await pause(4 * silenceMs);
      const read = await own.to(visitor, channel.id).call('GET', '/events');
      return JSON.stringify(read.body).includes(name) || ear.hears(name) ? 'name told' : 'name not told';
    },
  },
  {
    promise: 'A5',
    tries: 'learn that a hidden stream has a name by asking for the same',
    should: 'as if it were free',
    async run(arena) {
      const { own } = arena;
      const [owner, visitor] = [await own.person('ada'), await own.person('vic')];
      const [hidden, free] = [arena.unique('hidden-'), arena.unique('free-')];
      await own.stream(owner, { name: hidden, visibility: 'private' });
      const [one, two] = [await own.stream(visitor, { name: hidden }), await own.stream(visitor, { name: free })];
      return one.slug === hidden && two.slug === free ? 'as if it were free' : `slugs ${one.slug} and ${two.slug}`;
    },
  },
  {
    promise: 'A6',
    tries: 'demote the last owner of a workspace by minting a token',
    should: '409, still owner',
    async run(arena) {
      const { neighbour } = arena;
      const owner = await neighbour.person('boss', 'owner');
      const { status } = await neighbour.mint(owner.id, { role: 'member' });
      const members = await arena.call(owner, 'GET', `${neighbour.path}/members?role=owner`);
      return `${status}, ${JSON.stringify(members.body).includes(`"${owner.id}"`) ? 'still owner' : 'owner no more'}`;
    },
  },
  {
    promise: 'A6',
    tries: 'get private memberships back by minting a token for a removed member',
    should: 'refused; restored as a new member of nothing: 404, 0 messages',
    async run(arena) {
      const { own } = arena;
      const [owner, gone] = [await own.person('ada'), await own.person('gone')];
      const channel = await own.stream(owner, { visibility: 'private' });
      await own.to(owner, channel.id).invite(gone.id);
      await own.to(owner, channel.id).post('private');
      await arena.call(own.key, 'DELETE', `${own.path}/members/${gone.id}`);
      const refused = await own.mint(gone.id, { role: 'member' });
      const restored = await own.mint(gone.id, { role: 'member', restore: true });
      const back = { ...gone, token: restored.body.token };
      return `${refused.status >= 400 ? 'refused' : 'not refused'}; restored as a new member of nothing: ${await own.to(back, channel.id).sees()}`;
    },
  },
  {
    promise: 'A7',
    tries: "take another's thread private as a plain member",
    should: '403',
    async run(arena) {
      const { visitor, channel, thread } = await aFollowedThread(arena);
      await arena.own.to(visitor, channel.id).call('POST', '/join');
      const body = { streamType: 'channel', name: arena.unique('mine '), visibility: 'private' };
      return String((await arena.own.to(visitor, thread.id).call('POST', '/promote', body)).status);
    },
  },
  {
    promise: 'A8',
    tries: "bury a member's three hits under 2,050 of a private channel",
    should: '3 of 3 found',
    async run(arena) {
      const { own } = arena;
      const [owner, other] = [await own.person('ada'), await own.person('many')];
      const word = arena.unique('zugzwang');
      const [hidden, mine] = [await own.stream(other, { visibility: 'private' }), await own.stream(owner)];
      for (let i = 0; i < 3; i++) await own.to(owner, mine.id).post(`${word} number ${i}`);
      const posts = Array.from({ length: 2_050 }, (_, i) => i).values();
      const lane = async () => {
        for (const i of posts) await own.to(other, hidden.id).post(`${word} ${word} ${i}`);
      };
      await Promise.all(Array.from({ length: 8 }, lane));
      const { body } = await arena.call(owner, 'GET', `${own.path}/search?q=${word}`);
      return `${(body.items as unknown[]).length} of 3 found`;
    },
  },
];
