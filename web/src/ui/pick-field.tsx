/* oxlint-disable jsx-a11y/prefer-tag-over-role, jsx-a11y/no-noninteractive-element-to-interactive-role, jsx-a11y/click-events-have-key-events --
   a combobox by the book of ARIA: the text field has the focus and the keys, the options are only shown */
import { useId, useState, type KeyboardEvent, type ReactNode } from 'react';
import { CornerDownLeft, Search } from 'lucide-react';
import classes from './pick-field.module.css';

export interface PickOption<Value> {
  readonly key: string;
  readonly value: Value;
  readonly icon: ReactNode;
  readonly name: string;
  readonly note?: string | undefined;
  /** The option is picked; picking it again removes it. */
  readonly isChosen?: boolean;
}

interface Props<Value> {
  readonly label: string;
  readonly placeholder: string;
  readonly listLabel: string;
  readonly query: string;
  readonly onQuery: (query: string) => void;
  readonly options: readonly PickOption<Value>[];
  readonly onPick: (value: Value) => void;
  /** Handles Backspace in an empty field. */
  readonly onBack?: () => void;
  /** The text that shows when there are no options. */
  readonly nothing: string;
  /** The picked items, shown in front of the text. */
  readonly children?: ReactNode;
  readonly variant?: 'bare' | 'boxed';
  readonly error?: string | undefined;
}

/** A field that searches by name, with the results below: arrow keys choose, Enter picks. */
export function PickField<Value>(props: Props<Value>) {
  const { label, placeholder, query, onQuery, options, onPick, onBack, nothing, children, variant = 'bare', error } = props;
  const id = useId();
  const [active, setActive] = useState(0);
  const now = Math.min(active, Math.max(options.length - 1, 0));
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.nativeEvent.isComposing) return;
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    const picked = options[now];
    if (step !== 0 && options.length > 0) setActive((now + step + options.length) % options.length);
    else if (event.key === 'Enter' && picked) onPick(picked.value);
    else if (event.key === 'Backspace' && query === '' && onBack) onBack();
    else return;
    event.preventDefault();
  };
  return (
    <div className={classes.pick} data-variant={variant}>
      {variant === 'boxed' && (
        <span className={classes.label} aria-hidden="true">
          {label}
        </span>
      )}
      <div className={classes.field} data-invalid={error !== undefined}>
        {variant === 'bare' && <Search size={18} aria-hidden="true" />}
        {children}
        <input
          data-autofocus
          className={classes.input}
          role="combobox"
          aria-label={label}
          aria-expanded={options.length > 0}
          aria-controls={id}
          aria-activedescendant={options.length > 0 ? `${id}-${now}` : undefined}
          aria-autocomplete="list"
          aria-invalid={error !== undefined}
          placeholder={placeholder}
          autoComplete="off"
          spellCheck={false}
          value={query}
          onChange={(event) => {
            onQuery(event.currentTarget.value);
            setActive(0);
          }}
          onKeyDown={onKeyDown}
        />
      </div>
      {error !== undefined && (
        <p className={classes.error} role="alert">
          {error}
        </p>
      )}
      <Options {...props} id={id} active={now} onActive={setActive} />
      <output className={classes.nothing}>{options.length === 0 && nothing}</output>
    </div>
  );
}

interface OptionsProps<Value> extends Pick<Props<Value>, 'listLabel' | 'options' | 'onPick'> {
  readonly id: string;
  readonly active: number;
  readonly onActive: (index: number) => void;
}

function Options<Value>({ id, listLabel, options, active, onActive, onPick }: OptionsProps<Value>) {
  return (
    <ul id={id} role="listbox" aria-label={listLabel} className={classes.list}>
      {options.map(({ key, value, icon, name, note, isChosen }, index) => (
        <li
          key={key}
          id={`${id}-${index}`}
          role="option"
          aria-selected={index === active}
          className={classes.option}
          onMouseMove={() => onActive(index)}
          // The field keeps the focus.
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => onPick(value)}
        >
          {icon}
          <bdi className={classes.name}>{name}</bdi>
          <span className={classes.note}>{note}</span>
          {isChosen && <span className={classes.chosen}>Chosen</span>}
          {index === active && <CornerDownLeft size={14} aria-hidden="true" />}
        </li>
      ))}
    </ul>
  );
}
