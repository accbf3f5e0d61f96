/* oxlint-disable jsx-a11y/prefer-tag-over-role, jsx-a11y/no-noninteractive-element-to-interactive-role, jsx-a11y/click-events-have-key-events --
   a combobox by the book of ARIA: the text field has the focus and the keys, the options are only shown */
import { useId, useState, type KeyboardEvent } from 'react';
import { Modal } from '@mantine/core';
import { CornerDownLeft, Search } from 'lucide-react';
import type { Stream } from '../../../contract/stream.ts';
import classes from './jump-dialog.module.css';
import { useDialogFocus } from '../ui/use-dialog-focus.ts';
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
  const { returnFocus, leave, close } = useDialogFocus(onClose);
  return (
    <Modal
      opened={opened}
      onClose={close}
      returnFocus={returnFocus}
      withCloseButton={false}
      attributes={{ content: { 'aria-label': 'Jump to a stream' } }}
      yOffset="12vh"
      padding={0}
    >
      <JumpField onPicked={leave} />
    </Modal>
  );
}

function JumpField({ onPicked }: { onPicked: () => void }) {
  const id = useId();
  const { go } = useWorkspace();
  const { streams } = useStreamList();
  const [query, setQuery] = useState('');
  const [active, setActive] = useState(0);
  const found = filterStreams(streams, query).slice(0, shown);
  const pick = (stream: Stream | undefined): void => {
    if (!stream) return;
    onPicked();
    go({ kind: 'stream', streamId: stream.id });
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step !== 0 && found.length > 0) setActive((active + step + found.length) % found.length);
    else if (event.key === 'Enter') pick(found[active]);
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
          aria-controls={id}
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
      <Options id={id} streams={found} active={active} onActive={setActive} onPick={pick} />
    </>
  );
}

interface OptionsProps {
  readonly id: string;
  readonly streams: readonly Stream[];
  readonly active: number;
  readonly onActive: (index: number) => void;
  readonly onPick: (stream: Stream) => void;
}

function Options({ id, streams, active, onActive, onPick }: OptionsProps) {
  return (
    <>
      <ul id={id} role="listbox" aria-label="Streams" className={classes.list}>
        {streams.map((stream, index) => (
          <li
            key={stream.id}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === active}
            className={classes.option}
            onMouseMove={() => onActive(index)}
            onClick={() => onPick(stream)}
          >
            <StreamIcon stream={stream} size={15} />
            <bdi className={classes.name}>{nameOfStream(stream)}</bdi>
            <span className={classes.description}>{stream.description}</span>
            {index === active && <CornerDownLeft size={14} aria-hidden="true" />}
          </li>
        ))}
      </ul>
      <output className={classes.nothing}>{streams.length === 0 && 'No stream matches.'}</output>
    </>
  );
}
