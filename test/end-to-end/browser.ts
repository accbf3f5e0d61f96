import { chromium as playwright, type Browser } from 'playwright-core';
import { unpackChromium } from './chromium.ts';

/** Flags that Chromium needs on a machine without a desktop. None of them makes it less strict than a user's browser. */
const args = ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--font-render-hinting=none', '--no-pings'];

/** Starts the Chromium of an npm package. */
export async function launchBrowser(): Promise<Browser> {
  const { binary } = await unpackChromium();
  return playwright.launch({ executablePath: binary, args, headless: true });
}
