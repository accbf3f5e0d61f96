import { useRef, useState, type KeyboardEvent, type RefObject } from 'react';
import { TextInput } from '@mantine/core';
import classes from './emoji-picker.module.css';
import { moveInGrid, nameOfEmoji, searchEmoji } from './emoji-search.ts';
import { quickEmoji, type EmojiGroup } from './emoji-table.ts';

/** Emoji in a row. */
const columns = 8;

/** Picks an emoji by mouse, or by typing its name and moving on with the arrow keys. */
export function EmojiPicker({ onPick }: { onPick: (emoji: string) => void }) {
  const [query, setQuery] = useState('');
  const groups = searchEmoji(query);
  const { grid, onKeyDown } = useGridKeys();
  const onSearchKey = (event: KeyboardEvent): void => {
    const first = groups[0]?.entries[0];
    if (event.key === 'Enter' && first && query.trim() !== '') onPick(first.emoji);
    else if (event.key === 'ArrowDown') grid.current?.querySelector<HTMLElement>('button')?.focus();
    else return;
    event.preventDefault();
  };
  return (
    <div className={classes.picker}>
      <TextInput
        data-autofocus
        size="sm"
        aria-label="Search emoji"
        placeholder="Search emoji"
        value={query}
        onChange={(event) => setQuery(event.currentTarget.value)}
        onKeyDown={onSearchKey}
      />
      {/* oxlint-disable-next-line jsx-a11y/no-static-element-interactions -- the keys move the focus among the buttons inside */}
      <div ref={grid} className={classes.scroll} onKeyDown={onKeyDown}>
        {query.trim() === '' && <QuickEmoji onPick={onPick} />}
        {groups.map((group) => (
          <Group key={group.label} group={group} onPick={onPick} />
        ))}
        {groups.length === 0 && <p className={classes.nothing}>No emoji is called so.</p>}
      </div>
    </div>
  );
}

function QuickEmoji({ onPick }: { onPick: (emoji: string) => void }) {
  return (
    <div className={classes.grid} role="group" aria-label="Often used">
      {quickEmoji.map((emoji) => (
        <Choice key={emoji} emoji={emoji} name={nameOfEmoji(emoji)} onPick={onPick} />
      ))}
    </div>
  );
}

function Group({ group: { label, entries }, onPick }: { group: EmojiGroup; onPick: (emoji: string) => void }) {
  return (
    <>
      <p className={classes.label} aria-hidden="true">
        {label}
      </p>
      <div className={classes.grid} role="group" aria-label={label}>
        {entries.map(({ emoji, name }) => (
          <Choice key={emoji} emoji={emoji} name={name} onPick={onPick} />
        ))}
      </div>
    </>
  );
}

const Choice = ({ emoji, name, onPick }: { emoji: string; name: string; onPick: (emoji: string) => void }) => (
  <button type="button" className={classes.choice} aria-label={name} title={name} onClick={() => onPick(emoji)}>
    {emoji}
  </button>
);

/** Moves the focus among the emoji; the search field is above the first row. */
function useGridKeys(): { grid: RefObject<HTMLDivElement | null>; onKeyDown: (event: KeyboardEvent) => void } {
  const grid = useRef<HTMLDivElement>(null);
  const onKeyDown = (event: KeyboardEvent): void => {
    const buttons = [...(grid.current?.querySelectorAll<HTMLElement>('button') ?? [])];
    const index = buttons.findIndex((button) => button === event.target);
    if (index < 0 || !/^(Arrow|Home$|End$)/.test(event.key)) return;
    event.preventDefault();
    if (event.key === 'ArrowUp' && index < columns) grid.current?.parentElement?.querySelector('input')?.focus();
    else buttons[moveInGrid(index, event.key, { count: buttons.length, columns })]?.focus();
  };
  return { grid, onKeyDown };
}
