import { useState, useSyncExternalStore, type ReactNode } from 'react';
import { ActionIcon, Button, CloseButton, TextInput, Tooltip } from '@mantine/core';
import { ListFilter, Pencil, Plus } from 'lucide-react';
import type { Stream } from '../../../contract/stream.ts';
import { sentenceOf } from './connection.ts';
import { PlaceLink } from './place-link.tsx';
import classes from './sidebar.module.css';
import { filterStreams, nameOfStream } from './stream-filter.ts';
import { StreamIcon } from './stream-icon.tsx';
import { useStreamList, useWorkspace } from './workspace-context.ts';

interface Props {
  readonly onCreate: () => void;
  /** A stream was picked: a drawer may close. */
  readonly onPicked?: () => void;
  readonly head: ReactNode;
  readonly foot: ReactNode;
}

/** The list of streams, kept live, with its filter. */
export function Sidebar({ onCreate, onPicked, head, foot }: Props) {
  const [query, setQuery] = useState('');
  const { streams, loading } = useStreamList();
  const found = filterStreams(streams, query);
  return (
    <div className={classes.sidebar}>
      {head}
      <div className={classes.tools}>
        <TextInput
          className={classes.filter}
          size="xs"
          aria-label="Filter streams"
          placeholder="Filter streams"
          leftSection={<ListFilter size={14} aria-hidden="true" />}
          rightSection={query === '' ? null : <CloseButton size="xs" aria-label="Clear the filter" onClick={() => setQuery('')} />}
          value={query}
          onChange={(event) => setQuery(event.currentTarget.value)}
          onKeyDown={(event) => event.key === 'Escape' && setQuery('')}
        />
        <Tooltip label="New stream">
          <ActionIcon variant="default" size={30} aria-label="New stream" onClick={onCreate}>
            <Plus size={16} />
          </ActionIcon>
        </Tooltip>
      </div>
      <nav className={classes.list} aria-label="Streams">
        {loading ? <Skeletons /> : <StreamList streams={found} onPicked={onPicked} />}
        {!loading && found.length === 0 && <NothingListed query={query} onCreate={onCreate} />}
      </nav>
      {foot}
    </div>
  );
}

function StreamList({ streams, onPicked }: { streams: Stream[]; onPicked: Props['onPicked'] }) {
  const { place, drafts } = useWorkspace();
  useSyncExternalStore(drafts.subscribe, drafts.version);
  const withDraft = new Set(drafts.streamIds());
  const current = place.kind === 'stream' ? place.streamId : undefined;
  if (streams.length === 0) return null;
  return (
    <ul>
      {streams.map((stream) => (
        <li key={stream.id}>
          <PlaceLink
            to={{ kind: 'stream', streamId: stream.id }}
            onGo={onPicked}
            className={classes.item}
            aria-current={stream.id === current ? 'page' : undefined}
          >
            <span className={classes.icon}>
              <StreamIcon stream={stream} size={15} />
            </span>
            <bdi className={classes.name}>{nameOfStream(stream)}</bdi>
            {stream.id !== current && withDraft.has(stream.id) && <Pencil size={13} className={classes.draft} aria-label="Draft" />}
          </PlaceLink>
        </li>
      ))}
    </ul>
  );
}

function NothingListed({ query, onCreate }: { query: string; onCreate: () => void }) {
  const { problem } = useStreamList();
  if (problem) return <p className={classes.nothing}>The streams could not be read. {sentenceOf(problem)}</p>;
  if (query !== '') return <p className={classes.nothing}>No stream matches “{query}”.</p>;
  return (
    <div className={classes.nothing}>
      <p>There are no streams yet.</p>
      <Button size="xs" variant="light" leftSection={<Plus size={14} />} onClick={onCreate}>
        Create the first one
      </Button>
    </div>
  );
}

function Skeletons() {
  return (
    <output aria-busy="true" aria-label="Loading the streams" className={classes.skeletons}>
      {[70, 48, 82, 60, 54].map((width) => (
        <span key={width} style={{ width: `${width}%` }} />
      ))}
    </output>
  );
}
