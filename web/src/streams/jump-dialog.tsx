import { useId, useState, type KeyboardEvent } from 'react';
import { Modal } from '@mantine/core';
import { CornerDownLeft, Search } from 'lucide-react';
import classes from './jump-dialog.module.css';
import { filterStreams, nameOfStream } from './stream-filter.ts';
import { StreamIcon } from './stream-icon.tsx';
import { useStreamList, useWorkspace } from './workspace-context.ts';

/** How many streams are offered at once; typing narrows them down. */
const shown = 12;

interface Props {
  readonly opened: boolean;
  readonly onClose: () => void;
}

/** Goes to a stream by its name. */
export function JumpDialog({ opened, onClose }: Props) {
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      withCloseButton={false}
      aria-label="Jump to a stream"
      yOffset="12vh"
      size="md"
      padding={0}
      radius="lg"
    >
      <JumpList onClose={onClose} />
    </Modal>
  );
}

function JumpList({ onClose }: Pick<Props, 'onClose'>) {
  const id = useId();
  const { go } = useWorkspace();
  const { streams } = useStreamList();
  const [query, setQuery] = useState('');
  const [active, setActive] = useState(0);
  const found = filterStreams(streams, query).slice(0, shown);
  const pick = (index: number): void => {
    const stream = found[index];
    if (!stream) return;
    onClose();
    go({ kind: 'stream', streamId: stream.id });
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step !== 0 && found.length > 0) setActive((active + step + found.length) % found.length);
    else if (event.key === 'Enter') pick(active);
    else return;
    event.preventDefault();
  };
  return (
    <>
      <div className={classes.field}>
        <Search size={18} aria-hidden="true" />
        <input
          data-autofocus
          className={classes.input}
          role="combobox"
          aria-label="Jump to a stream"
          aria-expanded="true"
          aria-controls={`${id}-list`}
          aria-activedescendant={found[active] ? `${id}-${active}` : undefined}
          placeholder="Jump to a stream…"
          value={query}
          onChange={(event) => {
            setQuery(event.currentTarget.value);
            setActive(0);
          }}
          onKeyDown={onKeyDown}
        />
      </div>
      <ul id={`${id}-list`} role="listbox" aria-label="Streams" className={classes.list}>
        {found.map((stream, index) => (
          // The keyboard is handled by the text field, as is the way of a combobox.
          <li
            key={stream.id}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === active}
            className={classes.option}
            onMouseMove={() => setActive(index)}
            onClick={() => pick(index)}
          >
            <StreamIcon stream={stream} size={15} />
            <bdi className={classes.name}>{nameOfStream(stream)}</bdi>
            <span className={classes.description}>{stream.description}</span>
            {index === active && <CornerDownLeft size={14} aria-hidden="true" />}
          </li>
        ))}
      </ul>
      {found.length === 0 && (
        <p className={classes.nothing} role="status">
          No stream matches.
        </p>
      )}
    </>
  );
}
