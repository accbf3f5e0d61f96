import type { ReactNode } from 'react';
import classes from './empty.module.css';

/** The placeholder of an empty list: title, explanation, and a first action. */
export function Empty({ icon, title, children, level = 2 }: { icon?: ReactNode; title: string; children?: ReactNode; level?: 1 | 2 }) {
  const Heading = `h${level}` as const;
  return (
    <div className={classes.empty}>
      {icon && (
        <span className={classes.icon} aria-hidden="true">
          {icon}
        </span>
      )}
      <Heading className={classes.title}>{title}</Heading>
      {children}
    </div>
  );
}
