import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { UserCaller } from '../../../functions/platform/authenticate.ts';
import { sweepOutbox } from '../../../functions/operations/sweep-outbox.ts';
import { deleteEvent } from '../../../functions/streams/events/delete-event.ts';
import { editEvent } from '../../../functions/streams/events/edit-event.ts';
import { listEvents } from '../../../functions/streams/events/list-events.ts';
import { postEvent } from '../../../functions/streams/events/post-event.ts';
import { createThread } from '../../../functions/streams/threads/create-thread.ts';
import { readStream } from '../../../functions/streams/streams/read-stream.ts';
import { ClientEventId } from '../../../contract/ids.ts';
import { ListEvents } from '../../../contract/event.ts';
import type { Stream } from '../../../contract/stream.ts';
import { aChannel, aMember, aWorkspace, createTestApp } from '../../support/app.ts';
import type { TestApp } from '../../support/app.ts';
import { countStatements } from '../../support/statements.ts';

let app: TestApp;
let ada: UserCaller;
let bob: UserCaller;
let guest: UserCaller;

beforeAll(async () => {
  app = await createTestApp();
  const { workspaceId } = await aWorkspace(app);
  ada = await aMember(app, workspaceId, 'ada');
  bob = await aMember(app, workspaceId, 'bob');
  guest = await aMember(app, workspaceId, 'gus', 'guest');
});
afterAll(() => app.test.drop());

const say = (caller: UserCaller, stream: Stream, text: string, clientEventId?: string) =>
  postEvent(app, caller, {
    streamId: stream.id,
    text,
    mentions: [],
    clientEventId: clientEventId === undefined ? undefined : ClientEventId.parse(clientEventId),
  });
/** Posts a message at the next position and starts a thread on it: the parent's log grows by two. */
const rootWithThread = async (stream: Stream) => {
  const { event: root } = await say(ada, stream, 'root');
  await createThread(app, ada, { streamId: stream.id, eventId: root.id });
  return { root };
};
const page = (stream: Stream, query: object = {}, caller = ada) =>
  listEvents(app, caller, { ...ListEvents.parse(query), streamId: stream.id });

test('a post is marked as published, also when the clock moves between its parts', async () => {
  const stream = await aChannel(app, ada, 'Ticking');
  let ticks = app.time.getTime();
  await postEvent({ ...app, clock: { now: () => new Date(ticks++) } }, ada, { streamId: stream.id, text: 'tick', mentions: [] });
  const { rows } = await app.test.owner.query('select id from outbox where published_at is null');
  expect(rows).toEqual([]);
});

describe('positions', () => {
  test('are gapless and in commit order under concurrent writers', async () => {
    const stream = await aChannel(app, ada, 'Race');
    const writers = Array.from({ length: 6 }, () => ({ ...app, db: app.test.open() }));
    await Promise.all(
      writers.map(async (writer, w) => {
        for (let i = 0; i < 15; i++) await postEvent(writer, w % 2 ? ada : bob, { streamId: stream.id, text: `${w}.${i}`, mentions: [] });
      }),
    );
    const { rows } = await app.test.owner.query('select seq, ordinal from stream_events where stream_id = $1 order by seq', [stream.id]);
    expect(rows.map((row) => Number(row.seq))).toEqual(Array.from({ length: 90 }, (_, i) => i + 1));
    expect(rows.map((row) => Number(row.ordinal))).toEqual(Array.from({ length: 90 }, (_, i) => i + 1));
    const { lastSeq, messageCount } = await readStream(app, ada, { streamId: stream.id });
    expect({ lastSeq, messageCount }).toEqual({ lastSeq: 90, messageCount: 90 });
  });

  test('a failed write takes none', async () => {
    const stream = await aChannel(app, ada, 'Unlucky');
    await say(ada, stream, 'one');
    await app.test.owner.query(`alter table outbox add constraint unlucky check (payload::text not like '%unlucky words%')`);
    await expect(say(ada, stream, 'unlucky words')).rejects.toThrow();
    await app.test.owner.query('alter table outbox drop constraint unlucky');
    const { event } = await say(ada, stream, 'two');
    expect(event.seq).toBe(2);
    expect((await page(stream)).items.map(({ content }) => content?.text)).toEqual(['one', 'two']);
  });
});

describe('the same client event id', () => {
  test('has one effect and answers the first event', async () => {
    const stream = await aChannel(app, ada, 'Again');
    const first = await say(ada, stream, 'hello', 'c-1');
    const second = await say(ada, stream, 'hello', 'c-1');
    expect(first.repeated).toBe(false);
    expect(second).toEqual({ event: first.event, repeated: true });
    expect((await readStream(app, ada, { streamId: stream.id })).lastSeq).toBe(1);
  });

  test('has one effect when sent at the same moment', async () => {
    const stream = await aChannel(app, ada, 'At once');
    const apps = Array.from({ length: 5 }, () => ({ ...app, db: app.test.open() }));
    const answers = await Promise.all(
      apps.map((a) => postEvent(a, ada, { streamId: stream.id, text: 'x', mentions: [], clientEventId: ClientEventId.parse('same') })),
    );
    expect(new Set(answers.map(({ event }) => event.id)).size).toBe(1);
    expect(answers.filter(({ repeated }) => !repeated)).toHaveLength(1);
    expect((await readStream(app, ada, { streamId: stream.id })).lastSeq).toBe(1);
  });

  test('is independent per person and stream', async () => {
    const [here, there] = [await aChannel(app, ada, 'Here'), await aChannel(app, ada, 'There')];
    const events = [await say(ada, here, 'a', 'k'), await say(bob, here, 'b', 'k'), await say(ada, there, 'c', 'k')];
    expect(events.map(({ repeated }) => repeated)).toEqual([false, false, false]);
  });
});

describe('a stream archived during a post', () => {
  /** Pauses a post after its access check, before it holds a lock: its next statement waits for the other transaction. */
  const postWhile = async (stream: Stream, change: () => Promise<unknown>, clientEventId: string) => {
    const { owner } = app.test;
    await owner.query('begin');
    await owner.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [stream.id]);
    const posted = postEvent({ ...app, db: app.test.open() }, ada, {
      streamId: stream.id,
      text: 'late',
      mentions: [],
      clientEventId: ClientEventId.parse(clientEventId),
    });
    posted.catch(() => undefined);
    for (let waits = 0; waits === 0;) {
      const { rows } = await owner.query(`select count(*)::int as n from pg_locks where locktype = 'advisory' and not granted`);
      waits = rows[0].n;
    }
    await change();
    await owner.query('commit');
    return posted;
  };

  test('refuses the post, takes no position and publishes nothing', async () => {
    const stream = await aChannel(app, ada, 'Closing');
    app.sent.length = 0;
    const archive = () => app.test.owner.query('update streams set archived_at = now() where id = $1', [stream.id]);
    await expect(postWhile(stream, archive, 'late-1')).rejects.toMatchObject({ code: 'stream_archived' });
    expect(app.sent).toEqual([]);
    const { rows } = await app.test.owner.query(
      'select last_seq::int as head, (select count(*)::int from text_messages where content = $2) as texts from streams where id = $1',
      [stream.id, 'late'],
    );
    expect(rows).toEqual([{ head: 0, texts: 0 }]);
  });

  test('answers the first event to a repeat that was sent meanwhile', async () => {
    const stream = await aChannel(app, ada, 'Meanwhile');
    // The test holds the lock of the stream; the other send bypasses the queue, as a share does.
    const other = async () => {
      await app.test.owner.query(
        `insert into stream_events (id, workspace_id, stream_id, seq, changed_seq, ordinal, event_type, actor_id, client_event_id, created_at)
         select 'evt_00000000000000000000000001', $1, $2, 1, 1, 1, 'acme.test', $3, 'late-2', now()`,
        [ada.workspaceId, stream.id, ada.userId],
      );
      await app.test.owner.query('update streams set last_seq = 1, message_count = 1 where id = $1', [stream.id]);
    };
    const { event, repeated } = await postWhile(stream, other, 'late-2');
    expect({ id: event.id, seq: event.seq, repeated }).toEqual({ id: 'evt_00000000000000000000000001', seq: 1, repeated: true });
  });
});

describe('the outbox', () => {
  test('is written with the event and published after the commit, in the group of the room', async () => {
    const stream = await aChannel(app, ada, 'Told');
    app.sent.length = 0;
    const { event } = await say(ada, stream, 'psst');
    expect(app.sent).toHaveLength(1);
    expect(app.sent[0]).toMatchObject({
      group: `ws:${ada.workspaceId}:stream:${stream.id}`,
      body: { kind: 'item', item: { seq: 1, type: 'event', eventId: event.id, data: event } },
    });
    const { rows } = await app.test.owner.query('select published_at from outbox where id = $1', [app.sent[0]?.id]);
    expect(rows[0].published_at).not.toBeNull();
  });

  test('keeps unpublished rows; the request succeeds and the sweeper publishes them once', async () => {
    const stream = await aChannel(app, ada, 'Later');
    app.sent.length = 0;
    app.queueDown = true;
    const { event } = await say(ada, stream, 'the queue is down');
    app.queueDown = false;
    expect(app.sent).toHaveLength(0);
    app.time = new Date(app.time.getTime() + 3_000);
    expect(await sweepOutbox(app, () => 60_000)).toMatchObject({ sent: 0 });
    app.time = new Date(app.time.getTime() + 3_000);
    expect(await sweepOutbox(app, () => 60_000)).toMatchObject({ sent: 1 });
    expect(app.sent[0]).toMatchObject({ body: { item: { eventId: event.id } } });
    expect(await sweepOutbox(app, () => 60_000)).toMatchObject({ sent: 0 });
  });

  test('makes the sweeper send the same messages as the request, in the order of the log', async () => {
    const stream = await aChannel(app, ada, 'Same');
    const post = () => say(ada, stream, 'same words', 'same-1');
    app.sent.length = 0;
    const { event } = await post();
    const [sent] = app.sent;
    await app.test.owner.query('update outbox set published_at = null where id = $1', [sent?.id]);
    const { root } = await rootWithThread(stream);
    app.sent.length = 0;
    await app.test.owner.query(`update outbox set published_at = null where room like '%' || $1`, [stream.id]);
    app.time = new Date(app.time.getTime() + 6_000);
    await sweepOutbox(app, () => 60_000);
    expect(app.sent[0]).toEqual(sent);
    expect(event.seq).toBe(1);
    const positions = app.sent.flatMap(({ body }) => ('item' in (body as object) ? [(body as { item: { seq: number } }).item.seq] : []));
    expect(positions).toEqual([1, 2, 3, 4]);
    expect(app.sent.at(-1)).toMatchObject({ body: { item: { type: 'event', data: { seq: 4, changedSeq: 4 } } } });
    expect(root.seq).toBe(2);
  });

  test('makes the sweeper send rows of the previous version, which hold the position in the item', async () => {
    const stream = await aChannel(app, ada, 'Older');
    app.sent.length = 0;
    await say(ada, stream, 'as it was written before');
    const [sent] = app.sent;
    await app.test.owner.query(
      `update outbox set published_at = null, seq = null,
         payload = jsonb_set(jsonb_set(jsonb_set(payload, '{item,seq}', '1'), '{item,data,seq}', '1'), '{item,data,changedSeq}', '1')
       where id = $1`,
      [sent?.id],
    );
    app.sent.length = 0;
    app.time = new Date(app.time.getTime() + 6_000);
    await sweepOutbox(app, () => 60_000);
    expect(app.sent).toEqual([sent]);
  });

  test('names each change once, for any number of rooms', async () => {
    const { rows: before } = await app.test.owner.query('select coalesce(max(position), 0) as position from outbox');
    const stream = await aChannel(app, ada, 'Named');
    await say(ada, stream, 'once');
    const { rows } = await app.test.owner.query('select topic from outbox where position > $1 and topic is not null order by position', [
      before[0].position,
    ]);
    expect(rows.map(({ topic }) => topic as string)).toEqual(['stream-created', 'stream-member-added', 'event-appended']);
  });

  test('deletes rows published seven days ago, never unpublished ones', async () => {
    const stream = await aChannel(app, ada, 'Old');
    await say(ada, stream, 'sent');
    app.queueDown = true;
    await say(ada, stream, 'unsent');
    app.time = new Date(app.time.getTime() + 8 * 24 * 3_600_000);
    const { forgotten } = await sweepOutbox(
      { ...app, queues: { ...app.queues, send: async () => ({ taken: new Set<string>(), refused: new Set<string>() }) } },
      () => 60_000,
    );
    app.queueDown = false;
    expect(forgotten).toBeGreaterThan(0);
    const { rows } = await app.test.owner.query('select count(*)::int as n, count(published_at)::int as sent from outbox');
    expect(rows[0]).toEqual({ n: 1, sent: 0 });
    await sweepOutbox(app, () => 60_000);
  });
});

test('marking rows as published uses the primary key, also with many dead rows since the last vacuum', async () => {
  const { owner } = app.test;
  await owner.query('begin');
  // Own rows, because leftovers of earlier tests vary. Many of them, because the server reads a small table as a whole.
  await owner.query(
    `insert into outbox (id, workspace_id, room, topic, payload, created_at, published_at)
     select 'sent ' || n, $1, 'room', 'topic', '{}', now(), now() from generate_series(1, 5000) as n`,
    [ada.workspaceId],
  );
  await owner.query('analyze outbox');
  // Sums over all days: a mark looks into the days of its rows only.
  const scans = async (): Promise<number[]> => {
    const names = ['outbox_pkey', 'outbox_unpublished', 'outbox'];
    const { rows } = await owner.query<{ n: number }>(
      `select sum(pg_stat_get_xact_numscans(part.relid))::int as n
       from unnest($1::text[]) with ordinality as named(name, place), pg_partition_tree(name::regclass) as part
       group by place order by place`,
      [names],
    );
    return rows.map(({ n }) => n);
  };
  const before = await scans();
  await owner.query('select outbox_mark_published($1, now(), now(), now())', [['sent 1', 'sent 2', 'sent 3']]);
  const [key, ...others] = (await scans()).map((n, at) => n - (before[at] ?? 0));
  await owner.query('rollback');
  expect(others).toEqual([0, 0]);
  // Rows on one index page are found by one scan.
  expect(key).toBeGreaterThanOrEqual(1);
  expect(key).toBeLessThanOrEqual(3);
});

describe('statements per action, besides begin and commit', () => {
  const counted = (work: () => Promise<unknown>) => countStatements(app, work);

  test('post 4, repeated post 6, list 3, edit and delete 8, read 2', async () => {
    const stream = await aChannel(app, ada, 'Counted');
    expect(await counted(() => say(ada, stream, 'one', 'n-1'))).toBe(4);
    expect(await counted(() => say(ada, stream, 'one', 'n-1'))).toBe(6);
    expect(await counted(() => page(stream, { after: 0 }))).toBe(3);
    expect(await counted(() => page(stream))).toBe(3);
    expect(await counted(() => page(stream, { around: 1 }))).toBe(3);
    expect(await counted(() => readStream(app, ada, { streamId: stream.id }))).toBe(2);
    const { event } = await say(ada, stream, 'two');
    expect(await counted(() => editEvent(app, ada, { streamId: stream.id, eventId: event.id, text: 'deux' }))).toBe(8);
    expect(await counted(() => deleteEvent(app, ada, { streamId: stream.id, eventId: event.id }))).toBe(8);
  });
});

describe('editing and deleting', () => {
  test('take a position each, keep the place, and publish the whole event to the room', async () => {
    const stream = await aChannel(app, ada, 'Changes');
    const { event } = await say(ada, stream, 'teh');
    await say(bob, stream, 'next');
    app.sent.length = 0;
    const edited = await editEvent(app, ada, { streamId: stream.id, eventId: event.id, text: 'the' });
    expect(edited).toMatchObject({ seq: 1, changedSeq: 3, content: { text: 'the' }, editedAt: app.time.toISOString() });
    const deleted = await deleteEvent(app, ada, { streamId: stream.id, eventId: event.id });
    expect(deleted).toMatchObject({ seq: 1, changedSeq: 4, content: null, deletedAt: app.time.toISOString() });
    expect(app.sent.map(({ body }) => (body as { item: { type: string; seq: number } }).item)).toMatchObject([
      { type: 'event:edited', seq: 3, data: edited },
      { type: 'event:deleted', seq: 4, data: deleted },
    ]);
    expect((await page(stream)).items[0]).toEqual(deleted);
    const { rows } = await app.test.owner.query('select count(*)::int as n from text_messages t where t.id = $1', [event.id]);
    expect(rows[0].n).toBe(1);
  });

  test('are refused for other authors, deleted events and an outdated If-Match', async () => {
    const stream = await aChannel(app, ada, 'Mine');
    const { event } = await say(ada, stream, 'mine');
    const at = { streamId: stream.id, eventId: event.id };
    await expect(editEvent(app, bob, { ...at, text: 'ours' })).rejects.toMatchObject({ code: 'not_author' });
    await expect(deleteEvent(app, bob, at)).rejects.toMatchObject({ code: 'not_author' });
    await editEvent(app, ada, { ...at, text: 'still mine' });
    await expect(editEvent(app, ada, { ...at, text: 'stale', ifMatch: event.changedSeq })).rejects.toMatchObject({
      code: 'precondition_failed',
    });
    const deleted = await deleteEvent(app, ada, { ...at, ifMatch: 2 });
    expect(await deleteEvent(app, ada, at)).toEqual(deleted);
    await expect(editEvent(app, ada, { ...at, text: 'undead' })).rejects.toMatchObject({ code: 'event_deleted' });
    expect((await readStream(app, ada, { streamId: stream.id })).lastSeq).toBe(3);
  });

  test('of several people at once are all kept: each change has its own position', async () => {
    const stream = await aChannel(app, ada, 'Busy');
    const events = await Promise.all(Array.from({ length: 8 }, (_, i) => say(ada, stream, `m${i}`)));
    const apps = events.map(() => ({ ...app, db: app.test.open() }));
    await Promise.all(
      events.map(({ event }, i) => editEvent(apps[i]!, ada, { streamId: stream.id, eventId: event.id, text: `edited ${i}` })),
    );
    const changed = await page(stream, { changedAfter: 8 });
    expect(changed.items.map(({ changedSeq }) => changedSeq)).toEqual([9, 10, 11, 12, 13, 14, 15, 16]);
    expect(changed.head).toBe(16);
  });
});

describe('reading by key', () => {
  test('pages after, before, around, and by change', async () => {
    const stream = await aChannel(app, ada, 'Pages');
    for (let i = 1; i <= 12; i++) await say(ada, stream, `m${i}`);
    const seqs = async (query: object) => {
      const { items, hasMore } = await page(stream, query);
      return [items.map(({ seq }) => seq), hasMore];
    };
    expect(await seqs({ limit: 5 })).toEqual([[8, 9, 10, 11, 12], true]);
    expect(await seqs({ before: 4, limit: 5 })).toEqual([[1, 2, 3], false]);
    expect(await seqs({ after: 4, limit: 5 })).toEqual([[5, 6, 7, 8, 9], true]);
    expect(await seqs({ after: 12 })).toEqual([[], false]);
    expect(await seqs({ around: 6, limit: 5 })).toEqual([[4, 5, 6, 7, 8], true]);
    expect(await seqs({ around: 12, limit: 4 })).toEqual([[9, 10, 11, 12], true]);
    expect(await seqs({ around: 1, limit: 3 })).toEqual([[1, 2], true]);
    expect(await seqs({ around: 6, limit: 1 })).toEqual([[6], true]);
    expect(await seqs({ around: 99, limit: 3 })).toEqual([[10, 11, 12], true]);
    expect(await seqs({ around: 11, limit: 200 })).toEqual([[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], false]);
  });

  test('ends a page early at the size limit of a function', async () => {
    const stream = await aChannel(app, ada, 'Large');
    // Each of these characters takes six bytes in JSON.
    for (let i = 0; i < 50; i++) await say(ada, stream, '\u0001'.repeat(16_384));
    const first = await page(stream, { after: 0, limit: 200 });
    expect(first.hasMore).toBe(true);
    expect(JSON.stringify(first).length).toBeLessThan(4_500_000);
    const rest = await page(stream, { after: first.items.at(-1)!.seq, limit: 200 });
    expect(first.items.length + rest.items.length).toBe(50);
  });
});

describe('access', () => {
  test('a guest sees no public stream, and only members see a private one', async () => {
    const open = await aChannel(app, ada, 'Open');
    const closed = await aChannel(app, ada, 'Closed', 'private');
    for (const [caller, stream] of [
      [guest, open],
      [bob, closed],
      [guest, closed],
    ] as const) {
      await expect(readStream(app, caller, { streamId: stream.id })).rejects.toMatchObject({ code: 'not_found' });
      await expect(say(caller, stream, 'x')).rejects.toMatchObject({ code: 'not_found' });
      await expect(page(stream, {}, caller)).rejects.toMatchObject({ code: 'not_found' });
    }
    expect((await say(ada, closed, 'to myself')).event.seq).toBe(1);
  });
});
