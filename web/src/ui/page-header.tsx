import type { ReactNode } from 'react';
import classes from './page-header.module.css';

/** The header of a page that shows no stream. */
export function PageHeader({ menu, title, children }: { menu: ReactNode; title: string; children?: ReactNode }) {
  return (
    <header className={classes.header}>
      {menu}
      <h1 className={classes.title}>{title}</h1>
      {children}
    </header>
  );
}
