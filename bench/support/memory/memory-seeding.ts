import type pg from 'pg';
import { createChance, messageAbout, topicCount } from './memory-topics.ts';
import { ids, seededUntil, seedWorkspace, theWorkspace, withoutIndexes } from '../seeding.ts';

export interface PastSize {
  readonly streams: number;
  readonly messages: number;
}

const years = 3;
const members = 50;
/** Distinct sentences for each topic. */
const sentencesPerTopic = 60;
/** Messages between two pauses: two conversations without a pause between them. */
const sessionMessages = 24;
/** Topics that a stream returns to. */
const topicsPerStream = 15;

/**
 * Seeds a workspace with messages but without epochs. Each stream has sessions spread over the years, with 90 seconds between messages.
 * In each session the subject changes once without a pause, after 8 to 15 messages. Random numbers are the same in each run.
 */
export async function seedPast(owner: pg.Client, { streams, messages }: PastSize): Promise<void> {
  await seedWorkspace(owner, members);
  await owner.query('set max_parallel_workers_per_gather = 0; select setseed(0.25)');
  await seedSentences(owner);
  await seedMessages(owner, { streams, messages });
  await seedStreams(owner);
  await owner.query('reset max_parallel_workers_per_gather');
  await owner.query('drop table seeded, sentences');
  await owner.query('vacuum analyze');
}

async function seedSentences(owner: pg.Client): Promise<void> {
  await owner.query('create table sentences (topic int, n int, text text, primary key (topic, n))');
  const chance = createChance(7);
  for (let topic = 0; topic < topicCount; topic++) {
    const texts = Array.from({ length: sentencesPerTopic }, () => messageAbout(topic, chance));
    await owner.query('insert into sentences select $1, n - 1, text from unnest($2::text[]) with ordinality as s(text, n)', [topic, texts]);
  }
}

/** Inserts rows in the order of time, as production does. */
async function seedMessages(owner: pg.Client, { streams, messages }: PastSize): Promise<void> {
  const perStream = Math.ceil(messages / streams);
  await owner.query('create unlogged table seeded (n bigint primary key, stream int, seq int, at timestamptz, topic int, sentence int)');
  await owner.query(
    `insert into seeded
     select row_number() over (order by at, stream), stream, seq, at, (stream * 37 + floor(chance * ${topicsPerStream})::int * 11) % ${topicCount},
       floor(random() * ${sentencesPerTopic})::int
     from (
       select s as stream, i as seq, $4::timestamptz - interval '${years} years'
           + (i - 1) / ${sessionMessages} * interval '${years} years' / ceil($2::numeric / ${sessionMessages})::float
           + (i - 1) % ${sessionMessages} * interval '90 seconds' + s * interval '7 minutes' as at,
         -- The same for all messages of a conversation.
         abs(hashtextextended(format('%s %s %s', s, (i - 1) / ${sessionMessages},
           (i - 1) % ${sessionMessages} >= 8 + abs(hashint4(s * 1000 + (i - 1) / ${sessionMessages}) % 8)), 1) % 10000) / 10000.0 as chance
       from generate_series(1, $1::int) s, generate_series(1, $2::int) i where (i - 1) * $1::int + s <= $3::int
     ) e`,
    [streams, perStream, messages, seededUntil],
  );
  // The search column stays empty, which makes rows smaller than in production.
  await owner.query('alter table text_messages alter column words drop expression');
  await withoutIndexes(owner, 'text_messages', () =>
    owner.query(
      `insert into text_messages (id, workspace_id, content)
       select ${ids.event('m.n')}, $1, t.text from seeded m join sentences t on t.topic = m.topic and t.n = m.sentence order by m.n`,
      [theWorkspace],
    ),
  );
  await withoutIndexes(owner, 'stream_events', () =>
    owner.query(
      `insert into stream_events (id, workspace_id, stream_id, seq, changed_seq, ordinal, event_type, actor_id, client_event_id, content_type,
         content_id, created_at)
       select ${ids.event('n')}, $1, ${ids.stream('stream')}, seq, seq, seq, 'message', ${ids.user(`1 + (n * 7) % ${members}`)}, 'c' || seq,
         'text_message', ${ids.event('n')}, at
       from seeded order by n`,
      [theWorkspace],
    ),
  );
}

async function seedStreams(owner: pg.Client): Promise<void> {
  await owner.query(
    `insert into streams (id, workspace_id, stream_type, name, slug, gen, last_seq, message_count, last_event_at, created_by, created_at, access_ids)
     select ${ids.stream('stream')}, $1, 'channel', 'Stream ' || stream, 'stream-' || stream, 'g1', max(seq), max(seq), max(at),
       ${ids.user('1')}, min(at), array[${ids.stream('stream')}]
     from seeded group by stream`,
    [theWorkspace],
  );
}
