import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';

/**
 * Serious accessibility faults of the page, or of a part of it, in the light theme, and of its colours in the dark theme. Empty when
 * there are none.
 */
export async function seriousFaults(page: Page, part?: string): Promise<object[]> {
  const look = (): AxeBuilder => (part === undefined ? axeOf(page) : axeOf(page).include(part));
  await toScheme(page, 'light');
  const byDay = await seriousIn(look());
  await toScheme(page, 'dark');
  // Only colours differ in the dark theme.
  const byNight = await seriousIn(look().withRules('color-contrast'));
  return [...byDay, ...byNight.map((fault) => ({ byNight: true, ...fault }))];
}

/**
 * Returns an axe for a page, still without a scope. It runs inside the page, because the app has no frames, for which axe would open a
 * second page; and it collects violations only. Both together take a fifth of the time and find the same violations.
 */
export const axeOf = (page: Page): AxeBuilder => new AxeBuilder({ page }).setLegacyMode(true).options({ resultTypes: ['violations'] });

async function seriousIn(axe: AxeBuilder): Promise<object[]> {
  const { violations } = await axe.analyze();
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  return serious.map(({ id, nodes }) => ({ id, nodes: nodes.map(({ html }) => html) }));
}

async function toScheme(page: Page, colorScheme: 'light' | 'dark'): Promise<void> {
  await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
  await page.locator(`html[data-mantine-color-scheme=${colorScheme}]`).waitFor();
}
