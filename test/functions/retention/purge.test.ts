import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { FileUpload } from '../../../contract/file.ts';
import type { StreamEvent } from '../../../contract/event.ts';
import type { Stream } from '../../../contract/stream.ts';
import { encodeAssociations } from '../../../functions/epochs/segmenter/association-model.ts';
import { createTestApp } from '../../support/app.ts';
import type { TestApp } from '../../support/app.ts';
import { createMemoryWorker } from '../../support/memory-worker.ts';
import type { MemoryWorker } from '../../support/memory-worker.ts';
import { createRetentionWorker } from '../../support/retention-worker.ts';
import type { RetentionWorker } from '../../support/retention-worker.ts';
import { createTeam } from '../../support/team.ts';
import type { Team, Teammate } from '../../support/team.ts';
import { findTraces } from '../../support/traces.ts';

let app: TestApp;
let memory: MemoryWorker;
let retention: RetentionWorker;
let team: Team;
let ada: Teammate;
let bob: Teammate;
let open: Stream;
let other: Stream;
const later = (minutes: number) => void (app.time = new Date(app.time.getTime() + minutes * 60_000));

beforeAll(async () => {
  app = await createTestApp();
  app.time = new Date();
  memory = await createMemoryWorker(app);
  retention = await createRetentionWorker(app, memory);
});
afterAll(async () => {
  await retention.stop();
  await memory.stop();
  await app.test.drop();
});

/** Begins at the present, which addresses of files need, in a workspace of its own. */
async function begin(): Promise<void> {
  app.time = new Date();
  team = await createTeam(app, retention.objects);
  ada = await team.join('ada', 'owner');
  bob = await team.join('bob');
  open = await ada.channel('Open');
  other = await ada.channel('Other');
  await bob.call('POST', `/streams/${open.id}/join`);
}
beforeEach(begin);

/** Words of what is deleted, each of one place. */
const words = {
  text: 'kvotrbnz',
  before: 'plumbrxq',
  question: 'pollwrdz',
  option: 'optnzkq',
  fileName: 'filnmzq',
  fileContent: 'cntntzkq',
  caption: 'captnzq',
  payload: 'pyldzkq',
  context: 'ctxtzkq',
};
const secrets = Object.values(words);
const places = () => ({ workspaceId: team.workspaceId, folder: retention.folder, tables: [memory.table] });

async function aFile(): Promise<StreamEvent> {
  const content = `The file says ${words.fileContent}`;
  const announced = { name: `${words.fileName}.txt`, mediaType: 'text/plain', sizeBytes: content.length };
  const { body } = await ada.call('POST', `/streams/${open.id}/files`, announced);
  const { file, upload } = body as unknown as FileUpload;
  expect((await fetch(upload.url, { method: upload.method, headers: upload.headers, body: content })).status).toBe(200);
  await ada.call('POST', `/files/${file.id}/complete`);
  const posted = { eventType: 'file', fileId: file.id, text: words.caption };
  return (await ada.call('POST', `/streams/${open.id}/events`, posted)).body as unknown as StreamEvent;
}

/** Posts one event of each kind with all that others add to it, and lets memory take it up. */
async function postAll(): Promise<{ all: { stream: Stream; event: StreamEvent }[]; said: StreamEvent; file: StreamEvent }> {
  const said = await ada.say(open, `The ${words.before} of @bob is broken`);
  await ada.call('PATCH', `/streams/${open.id}/events/${said.id}`, { text: `The ${words.text} of @bob is broken` });
  await bob.call('POST', `/streams/${open.id}/events/${said.id}/reactions`, { emoji: '👍' });
  await bob.call('PUT', `/streams/${open.id}/events/${said.id}/pin`);
  const asked = { eventType: 'poll', question: `Is it ${words.question}?`, options: [words.option, 'no'] };
  const poll = (await ada.call('POST', `/streams/${open.id}/events`, asked)).body as unknown as StreamEvent;
  await bob.call('PUT', `/streams/${open.id}/events/${poll.id}/votes`, { optionIds: [poll.poll?.options[0]?.id] });
  const file = await aFile();
  const own = { eventType: 'acme.deploy', text: 'Deployed', payload: { version: words.payload } };
  const deploy = (await ada.call('POST', `/streams/${open.id}/events`, own)).body as unknown as StreamEvent;
  const share = (await ada.call('POST', `/streams/${other.id}/share`, { eventId: poll.id, context: `See ${words.context}` }))
    .body as unknown as StreamEvent;
  await ada.say(open, 'The weather of tomorrow is fine');
  const here = [said, poll, file, deploy].map((event) => ({ stream: open, event }));
  return { all: [...here, { stream: other, event: share }], said, file };
}

const remove = (who: Teammate, { stream, event }: { stream: Stream; event: StreamEvent }) =>
  who.call('DELETE', `/streams/${stream.id}/events/${event.id}`);

/** Messages reach their workers and leave the queues. */
function deliver(): void {
  app.sent.length = 0;
  app.later.length = 0;
}

async function settle(): Promise<void> {
  deliver();
  await retention.settle();
  await memory.settle();
  deliver();
}

describe('A deleted message', () => {
  test('is gone from every table, queue, index, object and learned word', async () => {
    const { all } = await postAll();
    await memory.remember(open);
    await memory.remember(other);
    await learned([words.text, words.before, 'weather']);
    const before = await findTraces(app, secrets, places());
    // Each word is found before, so that the search can fail.
    for (const word of secrets) expect(before.join('\n')).toContain(word);
    expect(before.join('\n')).toContain('epochs');
    expect(before.join('\n')).toContain('association_models');
    for (const one of all) await remove(ada, one);
    await settle();
    expect(await findTraces(app, secrets, places())).toEqual([]);
    // What was not deleted is still there.
    expect((await ada.events(open)).map(({ content }) => content?.text).filter(Boolean)).toEqual(['The weather of tomorrow is fine']);
    expect(await findTraces(app, ['weather'], places())).not.toEqual([]);
  });

  test('leaves closed epochs, their vectors and the index, and what remains is indexed again', async () => {
    const { all } = await postAll();
    await memory.remember(open);
    later(500);
    await ada.say(open, 'Lunch is at noon');
    await memory.remember(open);
    const closed = async () =>
      (await app.test.owner.query(`select * from epochs where stream_id = $1 and status = 'closed'`, [open.id])).rows as Record<
        string,
        unknown
      >[];
    expect(JSON.stringify(await closed())).toContain(words.text);
    expect((await findTraces(app, [words.text], places())).join('\n')).toContain('point');
    for (const one of all) await remove(ada, one);
    await settle();
    expect(await findTraces(app, secrets, places())).toEqual([]);
    const [epoch] = await closed();
    expect(epoch).toMatchObject({ message_count: 1, snippet: 'The weather of tomorrow is fine' });
    expect(epoch?.['indexed_rev']).toEqual(epoch?.['content_rev']);
  });

  test('an epoch that only held deleted messages keeps no vector', async () => {
    const event = await ada.say(open, `The ${words.text} is broken`);
    await memory.remember(open);
    later(500);
    await ada.say(open, 'Lunch is at noon');
    await memory.remember(open);
    await remove(ada, { stream: open, event });
    await settle();
    const vectors = await app.test.owner.query(
      'select from epoch_vectors v join epochs p on p.id = v.epoch_id where p.stream_id = $1 and p.first_seq = $2',
      [open.id, event.seq],
    );
    expect(vectors.rowCount).toBe(0);
    expect(await findTraces(app, [words.text], places())).toEqual([]);
  });

  test('is shown nowhere from the moment of its deletion, before anything is purged', async () => {
    const { all } = await postAll();
    await memory.remember(open);
    later(500);
    await ada.say(open, 'Lunch is at noon');
    await memory.remember(open);
    const read = async () => {
      const paths = [
        `/streams/${open.id}/events`,
        `/streams/${open.id}/epochs`,
        `/streams/${open.id}/pins`,
        '/bootstrap',
        '/notifications',
      ];
      const paged = await Promise.all(paths.map((path) => bob.call('GET', path)));
      const changed = await bob.call('GET', `/streams/${open.id}/events`, undefined, { changedAfter: '0' });
      const found = await Promise.all(secrets.map((q) => bob.call('GET', '/search', undefined, { q })));
      const hits = found.map(({ body }) => body['items']);
      const shared = await bob.call('GET', `/streams/${other.id}/events`);
      return JSON.stringify([paged.map(({ body }) => body), changed.body, hits, shared.body]);
    };
    const shown = await read();
    for (const word of [words.text, words.question, words.fileName, words.payload, words.context]) expect(shown).toContain(word);
    for (const one of all) await remove(ada, one);
    const hidden = await read();
    for (const word of secrets) expect(hidden).not.toContain(word);
  });

  test('its file stops answering at the address that was signed before', async () => {
    const { file, all } = await postAll();
    const { body } = await bob.call('GET', `/files/${file.file?.id}`);
    const { url } = body['download'] as { url: string };
    expect((await fetch(url)).status).toBe(200);
    for (const one of all) await remove(ada, one);
    await settle();
    expect((await fetch(url)).status).toBe(404);
  });

  test('keeps its place: position, author, times and the id that a repeated send is known by', async () => {
    const event = await ada.say(open, 'Hello', { clientEventId: 'once' });
    await remove(ada, { stream: open, event });
    await settle();
    const [kept] = (await ada.events(open)).filter(({ id }) => id === event.id);
    expect(kept).toMatchObject({
      seq: event.seq,
      actorId: 'ada',
      createdAt: event.createdAt,
      content: null,
      deletedAt: expect.any(String),
    });
    const again = await ada.say(open, 'Hello', { clientEventId: 'once' });
    expect(again).toMatchObject({ id: event.id, content: null });
  });

  test('what the outbox still holds of it tells a late reader of a deleted event, at the same position', async () => {
    app.queueDown = true;
    const event = await ada.say(open, `The ${words.text} of @bob`);
    app.queueDown = false;
    await remove(ada, { stream: open, event });
    await settle();
    const { rows } = await app.test.owner.query<{ seq: string; payload: { item: { type: string; data: StreamEvent } } }>(
      `select seq, payload from outbox where payload #>> '{item,eventId}' = $1 order by position`,
      [event.id],
    );
    expect(rows.map(({ payload }) => payload.item.type)).toEqual(['event', 'event:deleted']);
    expect(rows[0]).toMatchObject({ payload: { item: { data: { id: event.id, content: null, deletedAt: expect.any(String) } } } });
    expect(Number(rows[0]?.seq)).toBe(event.seq);
  });
});

describe('A purged version', () => {
  const versionsOf = (event: StreamEvent) => `/streams/${open.id}/events/${event.id}/versions`;
  const edited = async () => {
    const event = await ada.say(open, `The password is ${words.before}, @bob`);
    await ada.call('PATCH', `/streams/${open.id}/events/${event.id}`, { text: `The password is secret, @bob` });
    await bob.call('POST', `/streams/${open.id}/events/${event.id}/reactions`, { emoji: '👍' });
    return event;
  };

  test('is gone from its history at once, and soon from everything that was made of it', async () => {
    const event = await ada.say(open, `The password is ${words.before}, @bob`);
    await memory.remember(open);
    await learned([words.before, 'password']);
    await ada.call('PATCH', `/streams/${open.id}/events/${event.id}`, { text: `The password is secret, @bob` });
    expect(await findTraces(app, [words.before], places())).not.toEqual([]);
    await ada.call('DELETE', versionsOf(event));
    expect((await ada.call('GET', versionsOf(event))).body).toEqual({ items: [] });
    await settle();
    expect(await findTraces(app, [words.before], places())).toEqual([]);
    expect((await bob.events(open)).at(-1)).toMatchObject({ content: { text: 'The password is secret, @bob' } });
    // Rows of the outbox carry the text that the event has now.
    const { rows } = await app.test.owner.query<{ text: string }>(
      `select payload #>> '{item,data,content,text}' as text from outbox where payload #>> '{item,eventId}' = $1`,
      [event.id],
    );
    expect(rows.map(({ text }) => text)).toEqual(Array.from(rows, () => 'The password is secret, @bob'));
  });

  test('is read and purged by the author and by managers of the stream, and by nobody else', async () => {
    const event = await edited();
    expect(await bob.refused('GET', versionsOf(event))).toBe('not_author');
    expect(await bob.refused('DELETE', versionsOf(event))).toBe('not_author');
    const stranger = await team.join('gus', 'guest');
    expect(await stranger.refused('GET', versionsOf(event))).toBe('not_found');
    expect(await stranger.refused('DELETE', versionsOf(event))).toBe('not_found');
    const own = await bob.say(open, 'first');
    await bob.call('PATCH', `/streams/${open.id}/events/${own.id}`, { text: 'second' });
    expect((await ada.call('GET', versionsOf(own))).body).toMatchObject({ items: [{ text: 'first' }] });
    await bob.call('DELETE', versionsOf(own));
    expect((await ada.call('GET', versionsOf(own))).body).toEqual({ items: [] });
  });

  test('is in the audit log, without its text, once', async () => {
    const event = await edited();
    await ada.call('DELETE', versionsOf(event));
    await ada.call('DELETE', versionsOf(event));
    const { rows } = await app.test.owner.query(
      'select action, actor, subject_kind, subject_id, details from audit_log where workspace_id = $1',
      [team.workspaceId],
    );
    expect(rows.filter(({ action }: { action: string }) => action === 'event.purged')).toEqual([
      { action: 'event.purged', actor: 'ada', subject_kind: 'event', subject_id: event.id, details: { streamId: open.id, versions: 1 } },
    ]);
  });

  test('and a deletion while the purge waits takes the rest', async () => {
    const event = await edited();
    await ada.call('DELETE', versionsOf(event));
    await remove(ada, { stream: open, event });
    await settle();
    expect(await findTraces(app, [words.before, 'password'], places())).toEqual([]);
  });
});

describe('The worker of purges', () => {
  test('may die at any step: the sweep finds the rest, and nothing remains', async () => {
    for (let step = 1, survived = false; !survived; step++) {
      expect(step).toBeLessThan(60);
      await begin();
      const { all } = await postAll();
      await memory.remember(open);
      for (const one of all) await remove(ada, one);
      deliver();
      app.retentionMessages.length = 0;
      retention.dieAt(step);
      survived = await retention.work({ kind: 'purge', workspaceId: team.workspaceId }).then(
        () => true,
        () => false,
      );
      retention.dieAt(0);
      later(3);
      await retention.sweep();
      await memory.flush();
      await settle();
      expect({ step, traces: await findTraces(app, secrets, places()) }).toEqual({ step, traces: [] });
    }
  }, 120_000);

  test('sees to deletions whose nudge was lost', async () => {
    const event = await ada.say(open, words.text);
    await remove(ada, { stream: open, event });
    app.retentionMessages.length = 0;
    expect(await retention.sweep()).toEqual({ sent: 0 });
    later(2);
    expect(await retention.sweep()).toEqual({ sent: 1 });
    await settle();
    expect(await findTraces(app, [words.text], places())).toEqual([]);
    expect(await retention.sweep()).toEqual({ sent: 0 });
  });

  test('takes any number of deletions, a hundred at a time', async () => {
    for (let at = 0; at < 120; at++) {
      const event = await ada.say(open, `${words.text} ${at}`);
      await remove(ada, { stream: open, event });
    }
    app.retentionMessages.length = 0;
    await retention.work({ kind: 'purge', workspaceId: team.workspaceId });
    const left = await app.test.owner.query('select from purges where workspace_id = $1', [team.workspaceId]);
    expect(left.rowCount).toBe(20);
    await settle();
    expect(await findTraces(app, [words.text], places())).toEqual([]);
  });

  test('a worker of the index that read an epoch before the purge stores nothing of it', async () => {
    const event = await ada.say(open, `The ${words.text} is broken`);
    await ada.say(open, 'The weather of tomorrow is fine');
    await memory.assign({ kind: 'stream', workspaceId: team.workspaceId, streamId: open.id });
    later(500);
    await ada.say(open, 'Lunch is at noon');
    await memory.assign({ kind: 'stream', workspaceId: team.workspaceId, streamId: open.id });
    // The purge happens while the worker waits for its vectors.
    const { using } = app.index;
    let purged = false;
    app.index.using = {
      ...using,
      isOffline: using.isOffline,
      model: using.model,
      dimension: using.dimension,
      embed: async (texts, purpose) => {
        if (!purged) {
          purged = true;
          await remove(ada, { stream: open, event });
          await retention.settle();
        }
        return using.embed(texts, purpose);
      },
    };
    await memory.settle();
    app.index.using = using;
    expect(purged).toBe(true);
    later(5);
    await memory.flush();
    await settle();
    expect(await findTraces(app, [words.text], places())).toEqual([]);
  });
});

/** Stores a model that learned these words from three messages each. */
async function learned(terms: readonly string[]): Promise<void> {
  const model = encodeAssociations({
    trust: 0.5,
    background: { messageCount: 10, frequencies: new Map(terms.map((term) => [term, term === 'weather' ? 9 : 3])) },
    dimension: 2,
    rows: new Map(terms.map((term, row) => [term, row])),
    vectors: new Int8Array(2 * terms.length).fill(90),
  });
  await app.test.owner.query(
    `insert into association_models (workspace_id, version, model, trust, epoch_count, learned_at) values ($1, 1, $2, 0.5, 3, now())`,
    [team.workspaceId, Buffer.from(model)],
  );
}
