import { roomOf } from './arena.ts';
import type { Answered, Arena, Attack, Ear } from './arena.ts';

/** Time that a person waits for an answer without wondering, in milliseconds. A machine that is busy with the attack needs some of it. */
const promptMs = 3_000;
const promptly = (milliseconds: number): string => (milliseconds < promptMs ? 'promptly' : `after ${Math.round(milliseconds)} ms`);

/** A member who listens to a channel with many events. */
async function aLongChannel(arena: Arena): Promise<{ ear: Ear; room: string; count: number }> {
  const { own } = arena;
  const owner = await own.person('ada');
  const channel = await own.stream(owner);
  const count = 150;
  for (let i = 0; i < count; i += 10)
    await Promise.all(Array.from({ length: 10 }, (_, j) => own.to(owner, channel.id).post(`${i + j} ${'x'.repeat(4_000)}`)));
  return { ear: (await arena.listen(owner)) as Ear, room: roomOf(channel), count };
}

const eventsIn = (frames: readonly Answered[]): number =>
  frames.reduce((sum, frame) => sum + (frame.op === 'ev' ? 1 : frame.op === 'evs' ? frame.items.length : 0), 0);

/** Runs two calls beside each other, many times; returns the answers that blame the service. */
async function beside(rounds: number, ...calls: (() => Promise<{ status: number }>)[]): Promise<string> {
  let failures = 0;
  for (let round = 0; round < rounds; round++) {
    const answers = await Promise.all(calls.map((call) => call()));
    failures += answers.filter(({ status }) => status >= 500).length;
  }
  return `${failures} failures`;
}

/** Returns true and false in turns. */
function alternating(): () => boolean {
  let last = false;
  return () => (last = !last);
}

/** Promises of work: one caller cannot stop the others, whatever is sent. */
export const callerAttacks: readonly Attack[] = [
  ...['\uFFFF', '\uFFFE', '\u2028', '\uD83D\uDE00'].map((character): Attack => ({
    promise: 'C12',
    tries: `post a text with U+${character.codePointAt(0)?.toString(16).toUpperCase()}, and hear it live`,
    should: '201, heard',
    async run(arena) {
      const { own } = arena;
      const owner = await own.person('ada');
      const channel = await own.stream(owner);
      const ear = (await arena.listen(owner)) as Ear;
      await ear.subscribe(roomOf(channel));
      const { status, body } = await own.to(owner, channel.id).call('POST', '/events', { text: `poison ${character} in the line` });
      await ear.waitFor('the message', (frame) => JSON.stringify(frame).includes(body.id), 10_000);
      return `${status}, heard`;
    },
  })),
  {
    promise: 'C13',
    tries: "slow a neighbour's posts by twelve searches for a common word",
    should: 'no failure; the post is answered promptly',
    async run(arena) {
      const { own, neighbour } = arena;
      const [owner, other] = [await own.person('ada'), await neighbour.person('ned')];
      const [channel, quiet] = [await own.stream(owner), await neighbour.stream(other)];
      for (let i = 0; i < 300; i += 10)
        await Promise.all(Array.from({ length: 10 }, (_, j) => own.to(owner, channel.id).post(`the common word number ${i + j}`)));
      const searches = Array.from({ length: 12 }, () =>
        arena.call(owner, 'GET', `${own.path}/search?q=${encodeURIComponent('the or common or word or number')}`),
      );
      const { status, milliseconds } = await neighbour.to(other, quiet.id).call('POST', '/events', { text: 'beside the searches' });
      const answers = await Promise.all(searches);
      const failed = status !== 201 || answers.some((answer) => answer.status >= 500);
      return `${failed ? 'failures' : 'no failure'}; the post is answered ${promptly(milliseconds)}`;
    },
  },
  {
    promise: 'C14',
    tries: 'have one room read fifty times by one small frame',
    should: 'each event at most once',
    async run(arena) {
      const { ear, room, count } = await aLongChannel(arena);
      await ear.ask('hello', { v: 1 });
      const answer = await ear.ask('sub', { rooms: Array.from({ length: 50 }, () => ({ room, seq: 0 })) });
      if (answer.op === 'err') return answer.d.status < 500 ? 'each event at most once' : `an error of the service: ${answer.d.code}`;
      await ear.silence();
      const events = eventsIn(ear.frames);
      return events <= count + 10 ? 'each event at most once' : `${events} events for ${count}`;
    },
  },
  {
    promise: 'C14',
    tries: "delay another user's ping by eight such frames",
    should: 'answered promptly',
    async run(arena) {
      const { ear, room } = await aLongChannel(arena);
      const other = (await arena.listen(await arena.neighbour.person('ned'))) as Ear;
      await other.ask('hello', { v: 1 });
      for (let i = 0; i < 8; i++)
        ear.sendRaw(JSON.stringify({ op: 'sub', id: 1_000 + i, d: { rooms: Array.from({ length: 50 }, () => ({ room, seq: 0 })) } }));
      const from = performance.now();
      await other.ask('ping', {});
      return `answered ${promptly(performance.now() - from)}`;
    },
  },
  {
    promise: 'C15',
    tries: 'edit a mention from one person to another beside mentions of both',
    should: '0 failures',
    async run(arena) {
      const { own } = arena;
      const [owner, other, a, z] = [await own.person('ada'), await own.person('bob'), await own.person('aaa'), await own.person('zzz')];
      const channel = await own.stream(owner);
      const { id } = await own.to(owner, channel.id).post(`@${z.id} look`);
      const channel2 = await own.stream(other);
      const swapped = alternating();
      return beside(
        25,
        () => own.to(owner, channel.id).call('PATCH', `/events/${id}`, { text: `@${swapped() ? a.id : z.id} look` }),
        () => own.to(other, channel2.id).call('POST', '/events', { text: `@${a.id} @${z.id} both` }),
        () => own.to(other, channel2.id).call('POST', '/events', { text: `@${z.id} @${a.id} both` }),
      );
    },
  },
  {
    promise: 'C15',
    tries: 'narrow a parent beside promoting its child, and beside mentions',
    should: '0 failures',
    async run(arena) {
      const { own } = arena;
      const owner = await own.person('ada');
      const channel = await own.stream(owner);
      const isPrivate = alternating();
      return beside(
        15,
        () => own.to(owner, channel.id).call('PATCH', '', { visibility: isPrivate() ? 'private' : 'public' }),
        async () => {
          const root = await own.to(owner, channel.id).post('root');
          const thread = await own.to(owner, channel.id).thread(root.id);
          return own.to(owner, thread.id).call('POST', '/promote', { streamType: 'channel', name: arena.unique('child ') });
        },
        () => own.to(owner, channel.id).call('POST', '/events', { text: `@${owner.id} and @here` }),
      );
    },
  },
  {
    promise: 'C16',
    tries: 'send another text with the key of one that was acknowledged',
    should: '201, the same again 200, another text 422',
    async run(arena) {
      const { own } = arena;
      const owner = await own.person('ada');
      const channel = await own.stream(owner);
      const send = async (text: string) =>
        (await own.to(owner, channel.id).call('POST', '/events', { text, clientEventId: 'the-same-key' })).status;
      return `${await send('one')}, the same again ${await send('one')}, another text ${await send('two')}`;
    },
  },
  {
    promise: 'C16',
    tries: 'repeat an acknowledged send after the stream was archived',
    should: '200',
    async run(arena) {
      const { own } = arena;
      const owner = await own.person('ada');
      const channel = await own.stream(owner);
      const send = () => own.to(owner, channel.id).call('POST', '/events', { text: 'one', clientEventId: 'again' });
      await send();
      await own.to(owner, channel.id).call('DELETE');
      return String((await send()).status);
    },
  },
  {
    promise: 'C18',
    tries: 'confuse the socket with a room named twice, and with a signal nested 15,000 deep',
    should: 'both answered without blaming the service; the socket still answers',
    async run(arena) {
      const { own } = arena;
      const owner = await own.person('ada');
      const channel = await own.stream(owner);
      const ear = (await arena.listen(owner)) as Ear;
      await ear.subscribe(roomOf(channel));
      const twice = await ear.ask('unsub', { rooms: [roomOf(channel), roomOf(channel)] });
      const deep = `${'['.repeat(15_000)}${']'.repeat(15_000)}`;
      ear.sendRaw(`{"op":"signal","id":777,"d":{"room":"${roomOf(channel)}","type":"typing","data":{"deep":${deep}}}}`);
      const signalled = await ear.waitFor('an answer', (frame) => frame.op === 'err' && (frame.id === 777 || frame.id === null));
      const isBlamed = [twice, signalled].some((frame) => frame.op === 'err' && frame.d.status >= 500);
      const pong = await ear.ask('ping', {});
      return `both answered ${isBlamed ? 'blaming' : 'without blaming'} the service; the socket ${pong.op === 'pong' ? 'still answers' : 'is lost'}`;
    },
  },
  {
    promise: 'C18',
    tries: 'become a user named @here, .. or *',
    should: '4 of 4 refused',
    async run(arena) {
      const statuses = await Promise.all(['@here', '..', '.', '*'].map(async (userId) => (await arena.own.mint(userId)).status));
      return `${statuses.filter((status) => status >= 400 && status < 500).length} of 4 refused`;
    },
  },
];
