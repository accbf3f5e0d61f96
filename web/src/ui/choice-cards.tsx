import type { LucideIcon } from 'lucide-react';
import classes from './choice-cards.module.css';

export interface Choice<Value extends string> {
  readonly value: Value;
  readonly label: string;
  readonly note?: string | undefined;
  readonly icon?: LucideIcon;
}

interface Props<Value extends string> {
  readonly legend: string;
  /** Groups the radio buttons; unique on the page. */
  readonly name: string;
  readonly choices: readonly Choice<Value>[];
  readonly value: Value | undefined;
  readonly onChange: (value: Value) => void;
  readonly error?: string | undefined;
  /** Cards in a row where there is room. */
  readonly columns?: 1 | 2 | 3 | 4;
}

/** Radio buttons as cards, each with a short explanation. */
export function ChoiceCards<Value extends string>({ legend, name, choices, value, onChange, error, columns = 2 }: Props<Value>) {
  return (
    <fieldset className={classes.choices}>
      <legend>{legend}</legend>
      <div className={classes.cards} data-columns={columns}>
        {choices.map(({ value: own, label, note, icon: Icon }) => (
          <label key={own} className={classes.choice}>
            <input type="radio" name={name} value={own} checked={own === value} onChange={() => onChange(own)} />
            {Icon && <Icon size={15} aria-hidden="true" />}
            <span>{label}</span>
            {note !== undefined && <small>{note}</small>}
          </label>
        ))}
      </div>
      {error !== undefined && (
        <p className={classes.error} role="alert">
          {error}
        </p>
      )}
    </fieldset>
  );
}
