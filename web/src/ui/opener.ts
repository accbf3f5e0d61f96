/** How long after a dialog began to close the focus is looked after: the dialog moves it first. In milliseconds. */
const afterMs = 200;

/** What the focus should come back to, when something opens now: of an item in a menu the button of the menu, as the menu goes away. */
export function findOpener(): HTMLElement | undefined {
  const { activeElement } = document;
  if (!(activeElement instanceof HTMLElement) || activeElement === document.body) return undefined;
  const menu = activeElement.closest('[role=menu]');
  if (!menu) return activeElement;
  return document.querySelector<HTMLElement>(`[aria-controls="${CSS.escape(menu.id)}"]`) ?? undefined;
}

/** Puts the focus back, unless it is somewhere by then. */
export function returnFocus(opener: HTMLElement | undefined): void {
  setTimeout(() => {
    if (document.activeElement === document.body && opener?.isConnected) opener.focus();
  }, afterMs);
}
