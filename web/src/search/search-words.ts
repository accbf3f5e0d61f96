/** A search text, parsed into words and filters. */
export interface SearchWords {
  /** The words for the server, with "phrases" and -exclusions. */
  readonly q: string;
  /** A user id, without its @. */
  readonly from?: string;
  /** A stream's slug or name, without its #. */
  readonly in?: string;
  readonly before?: string;
  readonly after?: string;
  /** Filters that cannot be parsed, explained in words. */
  readonly problems: readonly string[];
}

const filter = /(^|\s)(from|in|before|after):(?:"([^"]*)"|(\S*))/giu;

/** Parses `from:@maya in:#general before:2026-01-31 words`; everything that is no filter is a word. */
export function readSearch(text: string): SearchWords {
  const found: { -readonly [Key in 'from' | 'in' | 'before' | 'after']?: string } = {};
  const problems: string[] = [];
  const q = text
    .replace(filter, (_whole, space: string, key: string, quoted: string | undefined, plain: string | undefined) => {
      const name = key.toLowerCase() as keyof typeof found;
      const value = (quoted ?? plain ?? '').trim();
      if (found[name] !== undefined) problems.push(`“${name}:” can be said only once.`);
      else if (value === '') problems.push(explain[name]);
      else if (name === 'before' || name === 'after') {
        const day = startOf(value);
        if (day === undefined) problems.push(explain[name]);
        else found[name] = day;
      } else found[name] = value.replace(name === 'from' ? /^@/ : /^#/, '');
      return space;
    })
    .replace(/\s+/g, ' ')
    .trim();
  return { q, ...found, problems };
}

const explain = {
  from: 'After “from:” comes a person: from:@maya.',
  in: 'After “in:” comes a stream: in:#general.',
  before: 'After “before:” comes a day: before:2026-01-31.',
  after: 'After “after:” comes a day: after:2026-01-31.',
} as const;

/** The start of a calendar day in the reader's time zone, as an instant. */
function startOf(day: string): string | undefined {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(day);
  if (!parts) return undefined;
  const [year, month, date] = parts.slice(1).map(Number) as [number, number, number];
  const start = new Date(year, month - 1, date);
  const isReal = start.getFullYear() === year && start.getMonth() === month - 1 && start.getDate() === date;
  return isReal ? start.toISOString() : undefined;
}

export interface SnippetPart {
  readonly text: string;
  readonly isMatch: boolean;
}

const matchStart = '\u0002';
const matchEnd = '\u0003';

/** Splits a snippet at its matches, which stand between U+0002 and U+0003. */
export function snippetParts(snippet: string): SnippetPart[] {
  const [before = '', ...rest] = snippet.split(matchStart);
  const parts: SnippetPart[] = [{ text: before, isMatch: false }];
  for (const piece of rest) {
    const [match = '', ...after] = piece.split(matchEnd);
    parts.push({ text: match, isMatch: true }, { text: after.join(''), isMatch: false });
  }
  return parts.filter(({ text }) => text !== '');
}
