import chromium from '@sparticuz/chromium';
import { chromium as playwright, type Browser } from 'playwright-core';

/** What Chromium needs where there is no desktop; nothing that makes it less strict than a person's own. */
const args = ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--font-render-hinting=none', '--no-pings'];

/** A real Chromium, brought along by a package. */
export async function launchBrowser(): Promise<Browser> {
  chromium.setGraphicsMode = false;
  const browser = await playwright.launch({ executablePath: await chromium.executablePath(), args, headless: true });
  // The package may find an older binary unpacked already; then this line tells.
  console.info(`Chromium ${browser.version()}`);
  return browser;
}
