import type { KeyboardEvent } from 'react';

/** Moves the focus from link to link of a list with the arrow keys. */
export function moveAmongLinks(event: KeyboardEvent<HTMLElement>): void {
  const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
  if (step === 0) return;
  const links = [...event.currentTarget.querySelectorAll('a')];
  const now = links.findIndex((link) => link === document.activeElement);
  const next = links[now + step];
  if (!next) return;
  event.preventDefault();
  next.focus();
}
