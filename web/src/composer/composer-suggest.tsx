import { AtSign, Hash, Slash } from 'lucide-react';
import { Avatar } from '../ui/avatar.tsx';
import type { Suggestion, Suggestions } from './composer-suggestions.ts';
import classes from './composer-suggest.module.css';

const labels = { person: 'People', stream: 'Streams', command: 'Commands' } as const;

/** The list of suggestions; the focus stays in the text. */
export function ComposerSuggest({ suggest }: { suggest: Suggestions }) {
  const { items, active, listId, kind, pick, point } = suggest;
  if (items.length === 0) return null;
  return (
    <div className={classes.frame}>
      <div id={listId} role="listbox" aria-label={labels[kind]} className={classes.list}>
        {items.map((item, index) => (
          // oxlint-disable-next-line jsx-a11y/click-events-have-key-events -- the keys are pressed in the text, which names this as its list
          <div
            key={item.key}
            id={`${listId}-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === active}
            className={classes.item}
            onPointerMove={() => index !== active && point(index)}
            // A press would move the focus out of the text.
            onPointerDown={(event) => event.preventDefault()}
            onClick={() => pick(item)}
          >
            <Sign item={item} />
            <bdi className={classes.name}>{item.name}</bdi>
            <span className={classes.note}>{item.note}</span>
          </div>
        ))}
      </div>
    </div>
  );
}

function Sign({ item: { kind, key, name } }: { item: Suggestion }) {
  if (kind === 'stream') return <Hash size={15} aria-hidden="true" />;
  if (kind === 'command') return <Slash size={15} aria-hidden="true" />;
  return key === 'here' ? <AtSign size={15} aria-hidden="true" /> : <Avatar id={key} name={name} size={20} />;
}
