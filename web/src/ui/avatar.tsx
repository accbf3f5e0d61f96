import type { CSSProperties } from 'react';
import classes from './avatar.module.css';
import { colourIndexOf, initialsOf } from './initials.ts';

/** The number of hues that people can tell apart at a glance. */
const hues = 12;

/** Initials on a person's colour. The name stands beside it, so screen readers skip it. */
export function Avatar({ id, name, size = 34 }: { id: string; name: string; size?: number }) {
  const hue = (colourIndexOf(id, hues) * 360) / hues;
  const style: CSSProperties & { '--hue': number } = { '--hue': hue, width: size, height: size, fontSize: size * 0.38 };
  return (
    <span className={classes.avatar} style={style} aria-hidden="true">
      {initialsOf(name)}
    </span>
  );
}
