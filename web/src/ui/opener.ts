import { useCallback, useRef, useState } from 'react';

/** Delay before the focus is checked after a dialog begins to close: the dialog moves the focus first. In milliseconds. */
const afterMs = 200;

/** The element that gets the focus back later. For a menu item it is the menu's button, because the menu disappears. */
export function findOpener(): HTMLElement | undefined {
  const { activeElement } = document;
  if (!(activeElement instanceof HTMLElement) || activeElement === document.body) return undefined;
  const menu = activeElement.closest('[role=menu]');
  if (!menu) return activeElement;
  return document.querySelector<HTMLElement>(`[aria-controls="${CSS.escape(menu.id)}"]`) ?? undefined;
}

/** Returns the focus to the opener, unless another element has it by then. */
export function returnFocus(opener: HTMLElement | undefined): void {
  setTimeout(() => {
    if (document.activeElement === document.body && opener?.isConnected) opener.focus();
  }, afterMs);
}

/** A dialog that a menu item opens: the menu disappears with the item, so Mantine cannot return the focus by itself. */
export function useMenuDialog(): { readonly opened: boolean; readonly open: () => void; readonly close: () => void } {
  const [opened, setOpened] = useState(false);
  const opener = useRef<HTMLElement>(undefined);
  const open = useCallback(() => {
    opener.current = findOpener();
    setOpened(true);
  }, []);
  const close = useCallback(() => {
    setOpened(false);
    returnFocus(opener.current);
  }, []);
  return { opened, open, close };
}
