import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { fitAssociations } from '../../../functions/epochs/segmenter/fit-associations.ts';
import { coldKnowledge, emptyState, step } from '../../../functions/epochs/segmenter/segmenter.ts';
import type { Knowledge, SegmenterMessage, SegmenterState } from '../../../functions/epochs/segmenter/segmenter.ts';

type Said = string | Partial<SegmenterMessage>;

const messageOf = (said: Said): SegmenterMessage => ({ authorId: 'anna', text: '', ...(typeof said === 'string' ? { text: said } : said) });

/** The messages that open an epoch, and what is remembered at the end. */
function segment(conversation: readonly Said[], knowledge: Knowledge = coldKnowledge): { opens: number[]; state: SegmenterState } {
  let state = emptyState;
  const opens: number[] = [];
  for (const [at, said] of conversation.entries()) {
    const taken = step(state, messageOf(said), knowledge);
    if (taken.opens) opens.push(at);
    // As it is stored and read again by another worker.
    state = JSON.parse(JSON.stringify(taken.state)) as SegmenterState;
  }
  return { opens, state };
}

const migration = [
  'the migration of the events table timed out on staging',
  'yes, building the index on events took longer than the lambda timeout',
  'then the index has to be built outside of the migration',
  'I split the migration and build the index concurrently',
];
const offsite = 'hey, has anyone booked the hotel in Ghent for the offsite in June?';

describe('step', () => {
  test('opens an epoch where another subject is opened, and goes on where it is answered', () => {
    const hotel = ['not yet, how many people are coming to the offsite?', 'fourteen, the hotel has a room for twenty'];
    expect(segment([...migration, offsite, ...hotel]).opens).toEqual([migration.length]);
  });

  test('opens an epoch where nobody asks or announces, and what is said breaks with what holds together', () => {
    const espresso = [
      'The espresso machine leaks water at the group head again',
      'Which gasket does the group head of the espresso machine take?',
      'The espresso group head takes an 8.5 mm gasket, the old one is hard as stone',
      'I ordered two gaskets for the espresso machine, they arrive on Friday',
    ];
    const payroll = ['Payroll for November has to be approved by Thursday noon', 'Two overtime entries in the payroll miss a signature'];
    expect(segment([...espresso, ...payroll]).opens).toEqual([espresso.length]);
    const loose = ['Rain again', 'My sister moved to Porto', 'The train was late', 'Nobody fed the cat'];
    expect(segment([...loose, payroll[0] ?? '']).opens).toEqual([]);
  });

  test('never opens with the first message', () => {
    expect(segment([offsite]).opens).toEqual([]);
  });

  test.each(['ok', '+1', '👍', '🎉🎉🎉', 'thanks!', 'yes', 'lgtm', 'haha', '', ' \n ', '???', '...', 'how are you?'])(
    'never opens with %j, which says nothing',
    (nothing) => {
      const always = { ...coldKnowledge, sensitivity: 100 };
      expect(segment([...migration, nothing], always).opens).not.toContain(migration.length);
    },
  );

  test('goes on with a short question', () => {
    expect(segment([...migration, 'which table?', 'does it work?']).opens).toEqual([]);
  });

  describe('in a group', () => {
    const authors = ['anna', 'ben', 'carl'];
    const by = (texts: readonly string[], count: number) => texts.map((text, at) => ({ text, authorId: authors[at % count] ?? '' }));

    test('takes a question for a part of what is spoken of, where two people would ask about something else', () => {
      const asked = [...migration, 'how many duplicates does the ledger have at the moment?'];
      expect(segment(by(asked, 2)).opens).toEqual([migration.length]);
      expect(segment(by(asked, 3)).opens).toEqual([]);
    });

    test.each([
      'Pricing page: the design is done in two variants',
      'heads-up, the office lease ends in December',
      'by the way, the invoice of the caterer came in',
    ])('opens where it is announced: %s', (announced) => {
      expect(segment(by([...migration, announced], 3)).opens).toEqual([migration.length]);
    });

    test('knows who is there beyond a change of subject, and no more than three', () => {
      const { state } = segment(
        by(
          Array.from({ length: 30 }, () => offsite),
          3,
        ),
      );
      expect(state.authors).toEqual(authors);
      const crowd = Array.from({ length: 30 }, (_, at) => ({ text: offsite, authorId: `author${at}` }));
      expect(segment(crowd).state.authors).toHaveLength(3);
    });
  });

  test('opens more readily after thanks and goodbye', () => {
    const next = 'the printer on the second floor is jammed, somebody please call a technician';
    const loose = ['rain again', 'my sister moved to Porto', 'the train was late'];
    expect(segment([...loose, next]).opens).toEqual([]);
    expect(segment([...loose, 'thank you, bye', next]).opens).toEqual([loose.length + 1]);
  });

  test('only lets a user change the subject where it is known who is the assistant', () => {
    const roles = { hasRoles: true, isAssistant: true };
    expect(segment([...migration, { text: offsite, ...roles }]).opens).toEqual([]);
    expect(segment([...migration, { text: offsite, ...roles, isAssistant: false }]).opens).toEqual([migration.length]);
    expect(segment([...migration, { text: offsite, isAssistant: true }]).opens).toEqual([migration.length]);
  });

  test('is as ready to open as it is asked to be', () => {
    const day = [
      ...migration,
      offsite,
      'fourteen people are coming',
      'by the way, the invoice of the hosting provider came in',
      ...migration,
    ];
    const counts = [0, 0.5, 1, 1.5].map((sensitivity) => segment(day, { ...coldKnowledge, sensitivity }).opens.length);
    expect(counts[0]).toBe(0);
    expect(counts).toEqual(counts.toSorted((a, b) => a - b));
    expect(counts[3]).toBeGreaterThan(counts[1] ?? 0);
  });

  test('says how alike a message is to what was spoken of', () => {
    const { state } = segment(migration);
    const likeness = (text: string) => step(state, messageOf(text), coldKnowledge).similarity;
    expect(likeness('the index of the migration is built')).toBeGreaterThan(0.3);
    expect(likeness('lunch at the Korean place')).toBe(0);
  });

  test('decides by nothing but what came before', () => {
    const words = fc.constantFrom(
      'deploy',
      'hotel',
      'invoice',
      'index',
      'is',
      'what',
      'the',
      'thanks',
      'hello',
      '?',
      '.',
      'book a room',
      '会議',
    );
    const text = fc.array(words, { maxLength: 12 }).map((parts) => parts.join(' '));
    fc.assert(
      fc.property(fc.array(text, { minLength: 2, maxLength: 12 }), fc.nat(), (texts, at) => {
        const end = 1 + (at % (texts.length - 1));
        expect(segment(texts.slice(0, end)).opens).toEqual(segment(texts).opens.filter((opened) => opened < end));
      }),
    );
  });
});

describe('any text', () => {
  const paste = (part: string) => part.repeat(Math.ceil(16_384 / part.length)).slice(0, 16_384);
  const texts = [
    paste('a'),
    paste('?'),
    paste('? '),
    paste('?a'),
    paste('anything else i can help '),
    paste('ok, '),
    paste('and '),
    paste('`'),
    paste('``'),
    paste('会議は明日です。'),
    paste('สวัสดีครับ'),
    paste('👨‍👩‍👧‍👦'),
    paste('\n'),
    paste('at Object.<anonymous> (/srv/app/index.js:10:12)\n'),
    paste('https://example.org/a/b?c=d&e=f '),
    paste('\u0301'),
    paste('\ud83d'),
    '__proto__ constructor toString hasOwnProperty',
    'مرحبا، متى الاجتماع؟',
    'Встреча завтра?',
    '회의는 언제 시작하나요?',
  ];

  test.each(texts.map((text) => [JSON.stringify(text.slice(0, 24)), text]))('is taken in some milliseconds: %s', (_start, text) => {
    // The first time compiles. Time of the processor: others may be busy on it.
    segment([text, text]);
    const times = Array.from({ length: 5 }, () => {
      const before = process.cpuUsage();
      segment([text, text, text, text]);
      return process.cpuUsage(before).user / 4_000;
    });
    expect(Math.min(...times)).toBeLessThan(15);
  });

  test('leaves a small memory that can be stored as JSON in a database', () => {
    const { state } = segment([
      ...texts,
      ...texts,
      ...Array.from({ length: 2_000 }, (_, at) => `word${at} and term${at * 7} of line${at * 13}`),
    ]);
    const json = JSON.stringify(state);
    expect(json.length).toBeLessThan(8_000);
    expect(json.isWellFormed()).toBe(true);
    expect(state.terms.length).toBeLessThanOrEqual(200);
  });

  test('one line that a bot repeats 10,000 times is one epoch', () => {
    const { opens, state } = segment(Array.from({ length: 10_000 }, () => 'Build 4711 of main failed: is the runner out of disk?'));
    expect(opens).toEqual([]);
    expect(JSON.stringify(state).length).toBeLessThan(1_000);
  });

  test('takes whatever can be written', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' })), { maxLength: 6 }), (conversation) => {
        expect(() => segment(conversation, { ...coldKnowledge, sensitivity: 1.5 })).not.toThrow();
      }),
      { numRuns: 300 },
    );
  });
});

describe('what was learned', () => {
  // Messages of a subject seldom have a word in common: only what was said before tells the two subjects apart.
  const sailing = [
    'harbour anchor sail',
    'anchor captain mast',
    'captain rudder harbour',
    'rudder sail mast',
    'sail captain',
    'mast harbour',
  ];
  const baking = ['flour yeast crust', 'yeast oven loaf', 'oven dough flour', 'dough crust loaf', 'crust oven', 'loaf flour'];
  const day = (first: readonly string[], second: readonly string[]) => [...first, ...first, ...second, ...second];
  const past = Array.from({ length: 40 }, (_, at) => ({
    streamId: `s${at}`,
    messages: (at % 2 ? day(sailing, baking) : day(baking, sailing)).map((text) => text.split(' ')),
  }));
  const associations = fitAssociations(past);
  const learned: Knowledge = { background: associations.background, associations };

  test('takes the place of common words', () => {
    expect(associations.trust).toBe(1);
    const { state } = segment(['harbour anchor', 'anchor captain'], learned);
    const likeness = (text: string) => step(state, messageOf(text), learned).similarity;
    expect(likeness('sail mast')).toBeGreaterThan(0.5);
    expect(likeness('crust loaf')).toBeLessThan(0.1);
    expect(step(state, messageOf('sail mast'), coldKnowledge).similarity).toBe(0);
  });

  test('decides only as far as it is trusted', () => {
    const untrusted: Knowledge = { ...learned, associations: { ...associations, trust: 0 } };
    const conversation = [...sailing, 'please fetch crust and loaf', ...baking];
    expect(segment(conversation, untrusted).opens).toEqual(segment(conversation, { background: associations.background }).opens);
  });
});
