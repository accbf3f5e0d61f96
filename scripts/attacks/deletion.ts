import { setTimeout as pause } from 'node:timers/promises';
import type { Answered, Arena, Attack, Ear, Person } from './arena.ts';

/** Time within which deleted content is gone, in milliseconds. The promise is minutes. */
const goneMs = 60_000;

async function until(holds: () => Promise<boolean>): Promise<boolean> {
  for (const end = performance.now() + goneMs; performance.now() < end; await pause(500)) if (await holds()) return true;
  return false;
}

/** Uploads and posts a file; resolves with its event and the signed address that shows it. */
async function aFile({ own, call }: Pick<Arena, 'own' | 'call'>, who: Person, streamId: string): Promise<{ eventId: string; url: string }> {
  const content = 'the content of a file';
  const announced = { name: 'secret.txt', mediaType: 'text/plain', sizeBytes: content.length };
  const { body: made } = await own.to(who, streamId).call('POST', '/files', announced);
  const { file, upload }: Answered = made;
  await fetch(upload.url, { method: upload.method, headers: upload.headers, body: content });
  await call(who, 'POST', `${own.path}/files/${file.id}/complete`);
  const posted = await own.to(who, streamId).call('POST', '/events', { eventType: 'file', fileId: file.id });
  const { body } = await call(who, 'GET', `${own.path}/files/${file.id}`);
  return { eventId: posted.body.id, url: body.download.url };
}

/** Promises of deletion and credentials: what is deleted is gone, what was given can be taken back. */
export const deletionAttacks: readonly Attack[] = [
  {
    promise: 'B9',
    tries: 'read a deleted message anywhere, and a secret that was edited out as another member',
    should: 'nowhere; 403',
    async run(arena) {
      const { own } = arena;
      const [owner, other] = [await own.person('ada'), await own.person('bob')];
      const channel = await own.stream(owner);
      const [word, secret] = [arena.unique('deletedword'), arena.unique('editedout')];
      const gone = await own.to(owner, channel.id).post(`${word} in a message`);
      const edited = await own.to(owner, channel.id).post(`${secret} by mistake`);
      await own.to(owner, channel.id).call('PATCH', `/events/${edited.id}`, { text: 'nothing' });
      await own.to(owner, channel.id).call('DELETE', `/events/${gone.id}`);
      const answers = [
        await own.to(owner, channel.id).call('GET', '/events'),
        await own.to(owner, channel.id).call('GET', `/events/${gone.id}`),
        await own.to(owner, channel.id).call('GET', `/events/${gone.id}/versions`),
        await own.to(owner, channel.id).call('GET', '/epochs'),
        await arena.call(owner, 'GET', `${own.path}/search?q=${word}`),
      ];
      const places = answers.filter(({ body }) => JSON.stringify(body.items ?? body).includes(word)).length;
      const versions = await own.to(other, channel.id).call('GET', `/events/${edited.id}/versions`);
      return `${places === 0 ? 'nowhere' : `in ${places} answers`}; ${versions.status}`;
    },
  },
  {
    promise: 'B9',
    tries: 'read a deleted file by the signed address of before',
    should: 'shown before, gone within a minute',
    async run(arena) {
      const { own } = arena;
      const owner = await own.person('ada');
      const channel = await own.stream(owner);
      const { eventId, url } = await aFile({ own, call: (...given) => arena.call(...given) }, owner, channel.id);
      const before = (await fetch(url)).status;
      await own.to(owner, channel.id).call('DELETE', `/events/${eventId}`);
      const isGone = await until(async () => (await fetch(url)).status >= 400);
      return `${before === 200 ? 'shown' : before} before, ${isGone ? 'gone within a minute' : 'still there'}`;
    },
  },
  {
    promise: 'B9',
    tries: 'find a person after their erasure',
    should: 'done; no trace in the streams, the members or the audit log',
    async run(arena) {
      const { own } = arena;
      const [owner, person] = [await own.person('boss', 'owner'), await own.person('erased')];
      const channel = await own.stream(owner);
      const word = arena.unique('erasedword');
      await own.to(person, channel.id).post(`${word} of a person`);
      await own.to(owner, channel.id).post(`as @${person.id} said`);
      const started = await arena.call(owner, 'POST', `${own.path}/members/${person.id}/erasure`, { messages: 'delete' });
      const job = `${own.path}/erasures/${started.body.id}`;
      const isDone = await until(async () => (await arena.call(owner, 'GET', job)).body.status === 'done');
      const answers = [
        await own.to(owner, channel.id).call('GET', '/events'),
        await arena.call(owner, 'GET', `${own.path}/members?limit=200`),
        await arena.call(owner, 'GET', `${own.path}/audit?limit=200`),
      ];
      const traces = answers.filter(({ body }) => [person.id, word].some((trace) => JSON.stringify(body).includes(trace))).length;
      return `${isDone ? 'done' : 'not done'}; ${traces === 0 ? 'no trace in the streams, the members or the audit log' : `traces in ${traces}`}`;
    },
  },
  {
    promise: 'B10',
    tries: 'use the token of before after a sign-out, and after being removed and added again',
    should: '401, 401; the socket closes with 4401',
    async run(arena) {
      const { own } = arena;
      const person = await own.person('bob');
      const ear = (await arena.listen(person)) as Ear;
      await ear.ask('hello', { v: 1 });
      await arena.call(person, 'POST', `${own.path}/members/${person.id}/signout`);
      const out = (await arena.call(person, 'GET', own.path)).status;
      const again = { ...person, token: (await own.mint(person.id)).body.token };
      await arena.call(own.key, 'DELETE', `${own.path}/members/${person.id}`);
      await own.mint(person.id, { role: 'member', restore: true });
      const revived = (await arena.call(again, 'GET', own.path)).status;
      await until(() => Promise.resolve(ear.closedWith !== undefined || ear.frames.some((frame) => frame.op === 'bye')));
      const bye = ear.frames.find((frame) => frame.op === 'bye');
      return `${out}, ${revived}; the socket closes with ${bye?.code}`;
    },
  },
  {
    promise: 'B10',
    tries: 'send by a socket whose token has ended',
    should: 'not stored; closed with 4101',
    async run(arena) {
      const { own } = arena;
      const { id } = await own.person('bob');
      const person = { id, workspaceId: own.id, token: (await own.mint(id, { expiresInSeconds: 3 })).body.token };
      const owner = await own.person('ada');
      const channel = await own.stream(owner);
      const ear = (await arena.listen(person)) as Ear;
      await ear.ask('hello', { v: 1 });
      await pause(4_000);
      ear.sendRaw(JSON.stringify({ op: 'send', id: 9, d: { stream: channel.id, clientEventId: 'late', text: 'too late' } }));
      await until(() => Promise.resolve(ear.frames.some((frame) => frame.op === 'bye')));
      const bye = ear.frames.find((frame) => frame.op === 'bye');
      const isStored = JSON.stringify((await own.to(owner, channel.id).call('GET', '/events')).body).includes('too late');
      return `${isStored ? 'stored' : 'not stored'}; closed with ${bye?.code}`;
    },
  },
  {
    promise: 'B10',
    tries: 'use a revoked API key, and a key beyond its scope',
    should: '403 beyond its scope, 401 once revoked',
    async run(arena) {
      const { own } = arena;
      const made = await arena.call(own.key, 'POST', `${own.path}/keys`, { name: 'Minting', scopes: ['tokens'] });
      const key = { token: made.body.secret };
      const beyond = (await arena.call(key, 'DELETE', `${own.path}/members/nobody`)).status;
      await arena.call(own.key, 'DELETE', `${own.path}/keys/${made.body.key.id}`);
      const revoked = (await arena.call(key, 'POST', '/v1/tokens', { userId: 'x' })).status;
      return `${beyond} beyond its scope, ${revoked} once revoked`;
    },
  },
  {
    promise: 'B11',
    tries: 'read the audit log as a member, and change it as an owner',
    should: '403; 405; the removal stands in it',
    async run(arena) {
      const { own } = arena;
      const [owner, member, gone] = [await own.person('boss', 'owner'), await own.person('bob'), await own.person('gone')];
      await arena.call(owner, 'DELETE', `${own.path}/members/${gone.id}`);
      const read = (await arena.call(member, 'GET', `${own.path}/audit`)).status;
      const changed = (await arena.call(owner, 'DELETE', `${own.path}/audit`)).status;
      const { body } = await arena.call(owner, 'GET', `${own.path}/audit?action=member.removed`);
      const stands = JSON.stringify(body.items).includes(gone.id);
      return `${read}; ${changed}; the removal ${stands ? 'stands in it' : 'is missing'}`;
    },
  },
];
