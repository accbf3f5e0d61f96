/** Topics of a team: a component that it runs and a problem with it. Each has its own vocabulary. */
const parts = [
  'checkout: basket, coupon, voucher, shipping, cashier, purchase',
  'invoices: billing, invoice, tax, ledger, accountant, receipt',
  'search: query, ranking, synonyms, autocomplete, relevance, facets',
  'warehouse: pallet, forklift, stock, shelf, barcode, picking',
  'mobile: android, iphone, widget, swipe, store review, touchscreen',
  'newsletter: campaign, subscribers, unsubscribe, headline, open rate, mailing',
  'login: password, session, cookie, captcha, lockout, passkey',
  'maps: geocoder, tiles, route, courier, latitude, street names',
  'video: transcoder, subtitles, thumbnail, codec, streaming, playback',
  'payroll: salary, overtime, payslip, bonus, pension, holidays',
  'support desk: ticket, macro, escalation, chatbot, complaint, satisfaction',
  'analytics: dashboard, funnel, cohort, retention, warehouse tables, metrics',
  'fraud: chargeback, stolen cards, scoring, blocklist, velocity rules, disputes',
  'translations: glossary, locale, plural forms, translators, french, japanese',
  'catalogue: product photos, variants, sizes, attributes, feed, suppliers',
  'partners: affiliate, commission, contract terms, onboarding, reseller, portal',
  'sensors: gateway, firmware, thermostat, humidity, antenna, battery',
  'classroom: teacher, homework, quiz, gradebook, pupils, timetable',
  'clinic: appointment, patient, prescription, nurse, referral, waiting room',
  'kitchen: menu, recipe, allergens, supplier of fish, oven, tasting',
];
const matters = [
  'certificate: expired, renewal, issuer, handshake, private key',
  'memory leak: heap, garbage collector, restarts, snapshot, swap',
  'migration: backfill, columns, rollback, downtime, old schema',
  'pricing: discount, tiers, currency, rounding, annual plan',
  'hiring: candidates, interview, offer, notice period, references',
  'accessibility: screen reader, contrast, keyboard, focus ring, labels',
  'audit: evidence, auditor, findings, retention policy, signatures',
  'latency: percentile, cache misses, slow queries, timeouts, connection pool',
  'redesign: mockups, typography, palette, prototype, user tests',
  'outage: pager, postmortem, failover, status page, standby',
  'duplicates: idempotency, retries, double entries, deduplication, unique constraint',
  'import: spreadsheet, delimiter, encoding, broken rows, mapping',
  'vendor: tender, quotes, purchase order, negotiation, deadline',
  'privacy: consent, anonymise, deletion requests, personal data, regulator',
  'forecast: seasonality, demand, regression, outliers, accuracy',
];

const sentences = [
  'Has anybody looked at the {m} in {p}? It is about {a} and {x} again',
  'The {a} of {p} is what worries me, the {m} makes the {x} worse every week',
  'I compared {x} before and after: {a} and {b} both changed, so it must be the {m}',
  'Could we agree on the {y} first? Without it nobody can finish the {a}',
  'Yesterday two customers wrote about {b}, and one of them sent a picture of the {x}',
  'For {c}: the {x} is done, the {y} waits for the {p} people and their {a}',
  'My proposal for the {m}: we take care of {x} now and leave {b} for the next sprint',
  'That explains the {y}. I changed the {a} settings and the {b} is fine since then',
  'Who knows how {p} handles the {x}? The notes about {a} are three years old',
  'The numbers for {c} are in: {b} went up by {n} percent after we fixed the {y}',
  'I would not touch the {b} before Friday, the {m} is risky enough with {y} alone',
  'We had the same {x} in spring, and it was the {a} that nobody had tested',
];
const answers = ['I agree', 'Good idea, let us do that', 'Thanks!', 'Looking at it now', 'Can you show me?', 'Done, please check again'];

interface Words {
  readonly name: string;
  readonly words: readonly string[];
}
const wordsOf = (line: string): Words => {
  const [name = '', words = ''] = line.split(': ');
  return { name, words: words.split(', ') };
};
const partWords = parts.map(wordsOf);
const matterWords = matters.map(wordsOf);

/** Number of distinct topics. */
export const topicCount = parts.length * matters.length;

/** Reproducible pseudo-random numbers from 0 to 1 (mulberry32). */
export function createChance(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const pick = <Item>(items: readonly Item[], chance: () => number): Item => items[Math.floor(chance() * items.length)] as Item;

/** Project name of a topic, unique among the topics. */
function codenameOf(topic: number): string {
  const syllables = ['ka', 'lo', 'mi', 'ru', 'ta', 've', 'zo', 'ne', 'pi', 'sha'];
  const digits = [Math.floor(topic / 100) % 10, Math.floor(topic / 10) % 10, topic % 10];
  const name = digits.map((digit) => syllables[digit]).join('');
  return `${name[0]?.toUpperCase()}${name.slice(1)}dor`;
}

/** One message about a topic, from 0 to `topicCount`. One in seven has no word of the topic, as short agreements do. */
export function messageAbout(topic: number, chance: () => number): string {
  return chance() < 1 / 7 ? pick(answers, chance) : sentenceAbout(topic, chance);
}

/** One sentence with words of the topic. */
export function sentenceAbout(topic: number, chance: () => number): string {
  const part = partWords[topic % parts.length] as Words;
  const matter = matterWords[Math.floor(topic / parts.length) % matters.length] as Words;
  const filled: Record<string, string> = {
    p: part.name,
    a: pick(part.words, chance),
    b: pick(part.words, chance),
    m: matter.name,
    x: pick(matter.words, chance),
    y: pick(matter.words, chance),
    c: codenameOf(topic),
    n: String(2 + Math.floor(chance() * 60)),
  };
  return pick(sentences, chance).replace(/\{(\w)\}/g, (_, slot: string) => filled[slot] ?? '');
}
