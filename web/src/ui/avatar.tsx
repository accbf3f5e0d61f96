import classes from './avatar.module.css';
import { colourIndexOf, initialsOf } from './initials.ts';

const colours = 8;

/** Initials on a colour that is always the same for a person. The name stands beside it, so it is hidden from screen readers. */
export function Avatar({ id, name, size = 34 }: { id: string; name: string; size?: number }) {
  return (
    <span
      className={classes.avatar}
      data-colour={colourIndexOf(id, colours)}
      style={{ width: size, height: size, fontSize: size * 0.38 }}
      aria-hidden="true"
    >
      {initialsOf(name)}
    </span>
  );
}
