import { useCallback, useMemo, useState, type FormEvent, type ReactNode } from 'react';
import { Button, Loader, TextInput } from '@mantine/core';
import { Search, SearchX } from 'lucide-react';
import type { SearchHit } from '../../../contract/search.ts';
import { sentenceOf } from '../streams/connection.ts';
import { useWorkspace } from '../streams/workspace-context.ts';
import { Empty } from '../ui/empty.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { usePages } from '../ui/use-pages.ts';
import { SearchResult } from './search-result.tsx';
import classes from './search-page.module.css';
import { useSearchQuery } from './use-search-query.ts';

/** Messages by their words. */
export function SearchPage({ query, menu }: { query: string; menu: ReactNode }) {
  return (
    <>
      <PageHeader menu={menu} title="Search" />
      <SearchField key={query} query={query} />
      <div className={classes.scroller}>{query.trim() === '' ? <Hints /> : <Results query={query} />}</div>
    </>
  );
}

function SearchField({ query }: { query: string }) {
  const { go } = useWorkspace();
  const [text, setText] = useState(query);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (text.trim() !== '') go({ kind: 'search', query: text.trim() });
  };
  return (
    <search>
      <form className={classes.form} onSubmit={submit}>
        <TextInput
          // oxlint-disable-next-line jsx-a11y/no-autofocus -- who goes to the search is about to type
          autoFocus
          className={classes.field}
          type="search"
          aria-label="Search messages"
          placeholder="Words, from:@maya, in:#general, before:2026-01-31"
          leftSection={<Search size={16} aria-hidden="true" />}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <Button type="submit">Search</Button>
      </form>
    </search>
  );
}

const hints: readonly (readonly [string, string])[] = [
  ['roaster delivery', 'both words, in any form'],
  ['"second shop"', 'these words beside each other'],
  ['delivery -thursday', 'without a word'],
  ['from:@maya', 'written by somebody; from:@me for your own'],
  ['in:#general', 'in a stream; in:"two words" for longer names'],
  ['after:2026-01-01 before:2026-02-01', 'in a span of days'],
];

function Hints() {
  return (
    <dl className={classes.hints}>
      {hints.map(([words, what]) => (
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
        <ul className={classes.list} aria-label="Messages found" aria-busy={loading}>
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
