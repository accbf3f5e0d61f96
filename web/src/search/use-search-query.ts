import { useCallback, useMemo } from 'react';
import type { Streambed } from '../../../client/http/http.ts';
import { UserId } from '../../../contract/ids.ts';
import type { Stream } from '../../../contract/stream.ts';
import { sentenceOf } from '../ui/problem-words.ts';
import { useRequest } from '../ui/use-request.ts';
import { nameOfStream } from '../workspace/stream-filter.ts';
import { useStreamList, useWorkspace } from '../workspace/workspace-context.ts';
import { readSearch, type SearchWords } from './search-words.ts';

type Query = Parameters<ReturnType<Streambed['workspace']>['search']>[0];

export interface SearchQuery {
  /** The query for the server; undefined while a name is looked up. */
  readonly search: Query | undefined;
  readonly problems: readonly string[];
}

/** Parses a search text, and replaces names by ids. */
export function useSearchQuery(text: string): SearchQuery {
  const { me } = useWorkspace();
  const words = useMemo(() => readSearch(text), [text]);
  const streamNamed = useStreamLookup(words.in);
  const personNamed = usePersonLookup(words.from === 'me' ? me.id : words.from);
  return useMemo(() => {
    const problems = [...words.problems, streamNamed.problem, personNamed.problem].filter((problem) => problem !== undefined);
    if (words.q === '' && problems.length === 0) problems.push('Say at least one word to look for.');
    const isWaiting = (words.in !== undefined && !streamNamed.id) || (words.from !== undefined && !personNamed.id);
    if (problems.length > 0 || isWaiting) return { search: undefined, problems };
    return { search: queryOf(words, streamNamed.id, personNamed.id), problems };
  }, [words, streamNamed.id, streamNamed.problem, personNamed.id, personNamed.problem]);
}

/** The query for memory search. It has no author, because an epoch has several. */
export type MemorySearch = Pick<Query, 'q' | 'in' | 'before' | 'after'>;

/** The same for memory search, which has no `from:`. */
export function useMemoryQuery(text: string): { readonly search: MemorySearch | undefined; readonly problems: readonly string[] } {
  const found = useSearchQuery(text);
  const isOfPerson = useMemo(() => readSearch(text).from !== undefined, [text]);
  return isOfPerson ? { search: undefined, problems: ['“from:” finds messages. A topic is of everybody who spoke in it.'] } : found;
}

function queryOf({ q, before, after }: SearchWords, inStream: string | undefined, from: string | undefined): Query {
  return {
    q,
    ...(inStream !== undefined && { in: inStream }),
    ...(from !== undefined && { from }),
    ...(before !== undefined && { before }),
    ...(after !== undefined && { after }),
  };
}

interface NameLookup {
  readonly id?: string;
  readonly problem?: string;
}

/** Looks up a stream by slug or name: in the list first, then on the server. */
function useStreamLookup(name: string | undefined): NameLookup {
  const { streambed, workspaceId, me } = useWorkspace();
  const { streams } = useStreamList();
  const known = name === undefined ? undefined : streamNamed(streams, name, me.id)?.id;
  const load = useCallback(
    async (signal: AbortSignal): Promise<NameLookup> => {
      if (name === undefined) return {};
      const q = name.slice(0, 80);
      const { items } = await streambed.workspace(workspaceId).streams.list({ q, status: 'any', limit: 50 }, { signal });
      const found = streamNamed(items, name, me.id);
      return found ? { id: found.id } : { problem: `There is no stream called “${name}” that you may see.` };
    },
    [name, streambed, workspaceId, me.id],
  );
  const { value, problem } = useRequest(name !== undefined && known === undefined ? load : undefined, { reset: true });
  if (known !== undefined) return { id: known };
  return problem ? { problem: sentenceOf(problem) } : (value ?? {});
}

/** The stream with the slug or name; of several, one that the caller is in. */
function streamNamed(streams: readonly Stream[], name: string, me: string): Stream | undefined {
  const named = streams.filter((stream) => isNamed(stream, name, me));
  return named.find(({ isMember }) => isMember) ?? named[0];
}

const isNamed = (stream: Stream, name: string, me: string): boolean =>
  stream.slug === name.toLowerCase() || nameOfStream(stream, me).toLowerCase() === name.toLowerCase();

/** Looks up a person by id, or by a name that this page knows. */
function usePersonLookup(name: string | undefined): NameLookup {
  const { people } = useStreamList();
  if (name === undefined) return {};
  for (const [id, known] of people) if (known.toLowerCase() === name.toLowerCase()) return { id };
  return UserId.safeParse(name).success ? { id: name } : { problem: `“${name}” is no person’s id. Write from:@ and the id.` };
}
