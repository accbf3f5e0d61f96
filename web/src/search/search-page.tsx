import { useCallback, useMemo, useState, type FormEvent, type ReactNode } from 'react';
import { Button, Loader, TextInput } from '@mantine/core';
import { Search, SearchX } from 'lucide-react';
import type { SearchHit } from '../../../contract/search.ts';
import { sentenceOf } from '../ui/problem-words.ts';
import type { SearchPlace } from '../workspace/place.ts';
import { useWorkspace } from '../workspace/workspace-context.ts';
import { Empty } from '../ui/empty.tsx';
import { moveAmongLinks } from '../ui/move-among-links.ts';
import { PageHeader } from '../ui/page-header.tsx';
import { usePages } from '../ui/use-pages.ts';
import { MemoryResults } from './memory-results.tsx';
import { SearchResult } from './search-result.tsx';
import { SearchScope } from './search-scope.tsx';
import classes from './search-page.module.css';
import { useSearchQuery } from './use-search-query.ts';

/** Search over messages by their words, or over epochs by words or meaning. */
export function SearchPage({ place, menu }: { place: SearchPlace; menu: ReactNode }) {
  const { query, memory } = place;
  return (
    <>
      <PageHeader menu={menu} title="Search" />
      <SearchField key={query} place={place} />
      <SearchScope place={place} />
      <div className={classes.scroller}>
        {query.trim() === '' ? (
          <Hints isMemory={memory !== undefined} />
        ) : memory === undefined ? (
          <Results query={query} />
        ) : (
          <MemoryResults query={query} mode={memory} />
        )}
      </div>
    </>
  );
}

function SearchField({ place }: { place: SearchPlace }) {
  const { go } = useWorkspace();
  const [text, setText] = useState(place.query);
  const isMemory = place.memory !== undefined;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (text.trim() !== '') go({ ...place, query: text.trim() });
  };
  return (
    <search>
      <form className={classes.form} onSubmit={submit}>
        <TextInput
          // oxlint-disable-next-line jsx-a11y/no-autofocus -- opening the search page means typing
          autoFocus
          className={classes.field}
          type="search"
          aria-label={isMemory ? 'Search memory' : 'Search messages'}
          placeholder={isMemory ? 'What was it about? in:#general, before:2026-01-31' : 'Words, from:@maya, in:#general, before:2026-01-31'}
          leftSection={<Search size={16} aria-hidden="true" />}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          onKeyDown={(event) => event.key === 'ArrowDown' && toFirstResult() && event.preventDefault()}
        />
        <Button type="submit">Search</Button>
      </form>
    </search>
  );
}

/** Moves the focus from the field to the first result; the arrow keys go on from there. */
function toFirstResult(): boolean {
  const first = document.querySelector<HTMLElement>('[data-results] a');
  first?.focus();
  return first !== null;
}

const hints: readonly (readonly [string, string])[] = [
  ['roaster delivery', 'both words, in any form'],
  ['"second shop"', 'these words beside each other'],
  ['delivery -thursday', 'without a word'],
  ['from:@maya', 'written by somebody; from:@me for your own'],
  ['in:#general', 'in a stream; in:"two words" for longer names'],
  ['after:2026-01-01 before:2026-02-01', 'in a span of days'],
];
const memoryHints: readonly (readonly [string, string])[] = [
  ['why did we change the roaster', 'what was talked about, in whatever words you have'],
  ['opening hours in:#general', 'in a stream; in:"two words" for longer names'],
  ['payroll after:2026-01-01 before:2026-02-01', 'in a span of days'],
];

function Hints({ isMemory }: { isMemory: boolean }) {
  return (
    <dl className={classes.hints}>
      {(isMemory ? memoryHints : hints).map(([words, what]) => (
        <div key={words}>
          <dt>
            <code>{words}</code>
          </dt>
          <dd>{what}</dd>
        </div>
      ))}
    </dl>
  );
}

function Results({ query }: { query: string }) {
  const { search, problems } = useSearchQuery(query);
  if (problems.length > 0) {
    return (
      <Empty icon={<SearchX size={22} />} title="This search cannot be made">
        {problems.map((problem) => (
          <p key={problem}>{problem}</p>
        ))}
      </Empty>
    );
  }
  return search ? (
    <Hits key={JSON.stringify(search)} search={search} />
  ) : (
    <Loader className={classes.wait} size="sm" aria-label="Loading" />
  );
}

type Search = NonNullable<ReturnType<typeof useSearchQuery>['search']>;

function Hits({ search }: { search: Search }) {
  const { items, loading, problem, hasMore, more } = useHits(search);
  if (!loading && !problem && items.length === 0) {
    return (
      <Empty icon={<SearchX size={22} />} title="Nothing is found">
        <p>Only messages that you may see are looked through. Try fewer words, or other ones.</p>
      </Empty>
    );
  }
  return (
    <>
      {items.length > 0 && (
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- the arrows move among the links inside
        <ul className={classes.list} aria-label="Messages found" aria-busy={loading} data-results onKeyDown={moveAmongLinks}>
          {items.map((hit) => (
            <SearchResult key={hit.event.id} hit={hit} />
          ))}
        </ul>
      )}
      <output className={classes.foot}>
        {loading && <Loader size="sm" aria-label="Loading" />}
        {problem && <span>{sentenceOf(problem)}</span>}
        {!loading && (hasMore || problem) && (
          <Button size="compact-sm" variant="default" onClick={more}>
            {problem ? 'Try again' : 'Show more'}
          </Button>
        )}
      </output>
    </>
  );
}

function useHits(search: Search) {
  const { streambed, workspaceId } = useWorkspace();
  const given = useMemo(() => search, [search]);
  const load = useCallback(
    (cursor: string | undefined, signal: AbortSignal) => streambed.workspace(workspaceId).search({ ...given, cursor }, { signal }),
    [streambed, workspaceId, given],
  );
  return usePages<SearchHit>(load);
}
