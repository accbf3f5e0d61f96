import { useCallback, useDeferredValue, useState } from 'react';
import { Button, Loader, TextInput } from '@mantine/core';
import { Check } from 'lucide-react';
import type { Stream } from '../../../contract/stream.ts';
import { Dialog } from '../ui/dialog.tsx';
import { ChoiceCards } from '../ui/choice-cards.tsx';
import { useDialogFocus } from '../ui/use-dialog-focus.ts';
import { usePages } from '../ui/use-pages.ts';
import { sentenceOf } from '../ui/problem-words.ts';
import { PlaceLink } from '../workspace/place-link.tsx';
import classes from './sidebar-browse-dialog.module.css';
import { OwnerlessStreams } from './sidebar-ownerless.tsx';
import { nameOfStream } from '../workspace/stream-filter.ts';
import { StreamIcon } from '../workspace/stream-icon.tsx';
import { rightsIn } from '../workspace/stream-rights.ts';
import { useJoin } from '../workspace/use-join.ts';
import { useStreamList, useWorkspace } from '../workspace/workspace-context.ts';

interface Props {
  readonly opened: boolean;
  readonly onClose: () => void;
}

/** All visible streams of the workspace, to open or join, and the archived ones. */
export function BrowseDialog({ opened, onClose }: Props) {
  const { returnFocus, leave, close } = useDialogFocus(onClose);
  const { me } = useStreamList();
  return (
    <Dialog opened={opened} onClose={close} returnFocus={returnFocus} title="Browse channels" size="lg">
      <StreamBrowser onPicked={leave} />
      {me?.role === 'owner' && <OwnerlessStreams onPicked={leave} />}
    </Dialog>
  );
}

const kinds = [
  { value: 'channel', label: 'Channels' },
  { value: 'incident', label: 'Incidents' },
  { value: 'archived', label: 'Archived' },
] as const;
type Kind = (typeof kinds)[number]['value'];

function StreamBrowser({ onPicked }: { onPicked: () => void }) {
  const [kind, setKind] = useState<Kind>('channel');
  const [query, setQuery] = useState('');
  const { items, loading, problem, hasMore, more } = useBrowse(kind, useDeferredValue(query.trim()));
  return (
    <>
      <TextInput
        data-autofocus
        aria-label="Find a stream"
        placeholder="Find a stream by its name"
        value={query}
        onChange={(event) => setQuery(event.currentTarget.value)}
      />
      <div className={classes.kinds}>
        <ChoiceCards legend="Show" name="browse-kind" columns={3} choices={kinds} value={kind} onChange={setKind} />
      </div>
      <ul className={classes.list} aria-label="Streams to look into" aria-busy={loading}>
        {items.map((stream) => (
          <Item key={stream.id} listed={stream} onPicked={onPicked} />
        ))}
      </ul>
      <output className={classes.foot}>
        {loading && <Loader size="xs" aria-label="Loading" />}
        {problem && <span>{sentenceOf(problem)}</span>}
        {!loading && !problem && items.length === 0 && <span>{query === '' ? 'There is none.' : 'Nothing has such a name.'}</span>}
        {!loading && (hasMore || problem) && (
          <Button size="compact-sm" variant="default" onClick={more}>
            {problem ? 'Try again' : 'Show more'}
          </Button>
        )}
      </output>
    </>
  );
}

function useBrowse(kind: Kind, q: string) {
  const { streambed, workspaceId } = useWorkspace();
  const load = useCallback(
    (cursor: string | undefined, signal: AbortSignal) => {
      const what = kind === 'archived' ? ({ status: 'archived' } as const) : ({ type: kind } as const);
      const named = q === '' ? {} : { q: q.replace(/^#/, '') };
      return streambed.workspace(workspaceId).streams.list({ ...what, ...named, cursor, limit: 50 }, { signal });
    },
    [streambed, workspaceId, kind, q],
  );
  return usePages(load);
}

function Item({ listed, onPicked }: { listed: Stream; onPicked: () => void }) {
  const { me } = useWorkspace();
  const { streams } = useStreamList();
  // The live list overrides the page, so that a join shows at once.
  const stream = streams.find(({ id }) => id === listed.id) ?? listed;
  const { busy, join } = useJoin(stream);
  const name = nameOfStream(stream, me.id);
  return (
    <li className={classes.item}>
      <PlaceLink to={{ kind: 'stream', streamId: stream.id }} onGo={onPicked} className={classes.link}>
        <StreamIcon stream={stream} size={15} />
        <span className={classes.words}>
          <bdi className={classes.name}>{name}</bdi>
          {stream.description && <bdi className={classes.description}>{stream.description}</bdi>}
        </span>
      </PlaceLink>
      {stream.isMember ? (
        <span className={classes.joined}>
          <Check size={14} aria-hidden="true" /> Joined
        </span>
      ) : (
        rightsIn(stream, undefined).join && (
          <Button size="compact-sm" variant="light" loading={busy} aria-label={`Join ${name}`} onClick={join}>
            Join
          </Button>
        )
      )}
    </li>
  );
}
