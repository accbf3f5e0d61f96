import type { Locator, Page } from 'playwright-core';

/**
 * Faults in the place of a dialog's buttons, in words; empty when each is inside the window and covered by nothing. Buttons of the header
 * and the footer have to be there wherever the rest is scrolled to, the others once they are scrolled to.
 */
export function placeFaults(dialog: Locator): Promise<string[]> {
  return dialog.evaluate((root) => {
    const faults: string[] = [];
    const nameOf = (element: Element): string => element.getAttribute('aria-label') ?? element.textContent.trim().slice(0, 40);
    const check = (button: Element, when: string): void => {
      const fault = (what: string): unknown => faults.push(`"${nameOf(button)}" is ${what}, ${when}`);
      const { left, top, right, bottom, width, height } = button.getBoundingClientRect();
      if (width < 8 || height < 8) fault(`only ${Math.round(width)} x ${Math.round(height)}`);
      if (left < 0 || top < 0 || right > innerWidth || bottom > innerHeight)
        return void fault(`outside of the window (${[left, top, right, bottom].map(Math.round).join(', ')})`);
      // Not the very corners, which are round.
      const [insetX, insetY] = [width * 0.2, height * 0.2];
      const points = [
        [left + width / 2, top + height / 2],
        [left + insetX, top + insetY],
        [right - insetX, top + insetY],
        [left + insetX, bottom - insetY],
        [right - insetX, bottom - insetY],
      ] as const;
      for (const [x, y] of points) {
        const hit = document.elementFromPoint(x, y);
        if (!hit || !button.contains(hit)) return void fault(`covered by ${hit ? `${hit.tagName} "${nameOf(hit)}"` : 'nothing'}`);
      }
    };
    const all = [root, ...root.querySelectorAll('*')];
    const buttons = all.filter((one) => one.matches('button, a[href], [role=button], [role=option]') && one.checkVisibility());
    const isFixed = (button: Element): boolean => button.closest('header, [data-dialog-footer]') !== null;
    const scrollers = all.filter((one) => /auto|scroll/.test(getComputedStyle(one).overflowY) && one.scrollHeight > one.clientHeight + 1);
    for (const when of ['at the start', 'at the end']) {
      for (const scroller of scrollers) scroller.scrollTop = when === 'at the start' ? 0 : scroller.scrollHeight;
      for (const button of buttons.filter(isFixed)) check(button, when);
    }
    for (const button of buttons.filter((one) => !isFixed(one))) {
      button.scrollIntoView({ block: 'nearest' });
      check(button, 'scrolled to');
    }
    if (buttons.length === 0) faults.push('there is no button');
    for (const one of all) {
      const isMeantTo = one.closest('section[aria-label=Table], section[aria-label=Code]') !== null;
      const isSideways = one === root || /auto|scroll/.test(getComputedStyle(one).overflowX);
      if (isSideways && !isMeantTo && one.scrollWidth > one.clientWidth + 1)
        faults.push(`${one.tagName} "${nameOf(one)}" is ${one.scrollWidth} wide in ${one.clientWidth}`);
    }
    if (document.documentElement.scrollWidth > innerWidth) faults.push('the page scrolls sideways');
    return faults;
  });
}

/** Most steps of the Tab key; longer lists repeat themselves. */
const mostSteps = 30;

/** Faults of the Tab key inside a dialog: the focus leaves it, or what has the focus is not in view. */
export async function focusFaults(page: Page, dialog: Locator): Promise<string[]> {
  const faults = new Set<string>();
  const stops = await dialog.locator('button, a[href], input, textarea, select, [tabindex="0"]').count();
  const keys = [...Array.from({ length: Math.min(stops + 2, mostSteps) }, () => 'Tab'), 'Shift+Tab', 'Shift+Tab', 'Shift+Tab'];
  const look = async (when: string): Promise<void> => {
    const fault = await dialog.evaluate((root) => {
      const focused = document.activeElement;
      if (!focused || !root.contains(focused)) return `the focus is on ${focused?.tagName} "${focused?.textContent.trim().slice(0, 40)}"`;
      if (focused === root || focused.closest('label')) return undefined;
      const { left, top, width, height } = focused.getBoundingClientRect();
      // A tall field may stand partly behind the edge: its first line has to be in view.
      const hit = document.elementFromPoint(left + width / 2, top + Math.min(height / 2, 12));
      return hit && focused.contains(hit)
        ? undefined
        : `${focused.tagName} "${focused.getAttribute('aria-label') ?? focused.textContent}" has the focus out of view`;
    });
    if (fault !== undefined) faults.add(`${fault}, ${when}`);
  };
  await look('after opening');
  for (const key of keys) {
    await page.keyboard.press(key);
    await look(`after ${key}`);
  }
  return [...faults];
}
