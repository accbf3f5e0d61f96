import { chromium as playwright, type Browser } from 'playwright-core';
import { unpackChromium } from './chromium.ts';

/** What Chromium needs where there is no desktop; nothing that makes it less strict than a person's own. */
const args = ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--font-render-hinting=none', '--no-pings'];

/** Starts a real Chromium, brought along by a package. */
export async function launchBrowser(): Promise<Browser> {
  const { binary } = await unpackChromium();
  return playwright.launch({ executablePath: binary, args, headless: true });
}
