import type { CSSProperties } from 'react';
import classes from './avatar.module.css';
import { colourIndexOf, initialsOf } from './initials.ts';

/** As many as can be told apart at a glance. */
const hues = 12;

/** Initials on a colour that is always the same for a person. The name stands beside it, so it is hidden from screen readers. */
export function Avatar({ id, name, size = 34 }: { id: string; name: string; size?: number }) {
  const hue = (colourIndexOf(id, hues) * 360) / hues;
  const style: CSSProperties & { '--hue': number } = { '--hue': hue, width: size, height: size, fontSize: size * 0.38 };
  return (
    <span className={classes.avatar} style={style} aria-hidden="true">
      {initialsOf(name)}
    </span>
  );
}
