import { useCallback, useState } from 'react';
import { Button, Loader } from '@mantine/core';
import { Layers, SearchX } from 'lucide-react';
import type { MemoryHits } from '../../../contract/epoch.ts';
import { memoryNotes } from '../epochs/epoch-words.ts';
import { sentenceOf } from '../ui/problem-words.ts';
import type { MemoryMode } from '../workspace/place.ts';
import { useWorkspace } from '../workspace/workspace-context.ts';
import { Empty } from '../ui/empty.tsx';
import { moveAmongLinks } from '../ui/move-among-links.ts';
import { useRequest } from '../ui/use-request.ts';
import { useToday } from '../ui/use-today.ts';
import { MemoryResult } from './memory-result.tsx';
import classes from './search-page.module.css';
import { useMemoryQuery, type MemorySearch } from './use-search-query.ts';

/** The epochs that match a search by words, by meaning, or by both. */
export function MemoryResults({ query, mode }: { query: string; mode: MemoryMode }) {
  const { search, problems } = useMemoryQuery(query);
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
    <Hits key={JSON.stringify([search, mode])} search={search} mode={mode} />
  ) : (
    <Loader className={classes.wait} size="sm" aria-label="Loading" />
  );
}

function Hits({ search, mode }: { search: MemorySearch; mode: MemoryMode }) {
  const { hits, loading, problem, hasMore, more } = useHits(search, mode);
  const today = useToday();
  const items = hits?.items ?? [];
  const remarks = hits ? remarksOn(hits, mode) : [];
  return (
    <>
      {remarks.map((remark) => (
        <p key={remark} className={classes.remark} role="status">
          {remark}
        </p>
      ))}
      {!loading && !problem && items.length === 0 && (
        <Empty icon={<Layers size={22} />} title="Nothing like this is remembered">
          <p>Conversations are remembered as they end. Only what you may see is looked through.</p>
        </Empty>
      )}
      {items.length > 0 && (
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- the arrows move among the links inside
        <ul className={classes.list} aria-label="Topics found" aria-busy={loading} data-results onKeyDown={moveAmongLinks}>
          {items.map((hit) => (
            <MemoryResult key={hit.epoch.id} hit={hit} today={today} />
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

/** Remarks on the search itself, such as a fallback to words. */
function remarksOn({ mode: used, memory }: MemoryHits, requested: MemoryMode): string[] {
  const isFallback = requested !== 'keyword' && used === 'keyword';
  return [isFallback ? 'Found by words only: what knows their meaning cannot be reached now.' : undefined, memoryNotes[memory]].filter(
    (remark) => remark !== undefined,
  );
}

/** The search ranks all epochs together, so a longer list is a new search with a larger limit. */
const pageSize = 20;
const most = 200;

function useHits(search: MemorySearch, mode: MemoryMode) {
  const { streambed, workspaceId } = useWorkspace();
  const [limit, setLimit] = useState(pageSize);
  const load = useCallback(
    (signal: AbortSignal) => streambed.workspace(workspaceId).memory.search({ ...search, mode, limit }, { signal }),
    [streambed, workspaceId, search, mode, limit],
  );
  const { state, value: hits, problem, retry } = useRequest(load);
  const more = (): void => {
    if (state === 'failed') retry();
    else setLimit((before) => Math.min(most, before * 2));
  };
  return {
    hits,
    problem: state === 'failed' ? problem : undefined,
    loading: state === 'loading',
    hasMore: hits !== undefined && hits.items.length >= limit && limit < most,
    more,
  };
}
