import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { startApp } from '../test/end-to-end/app.ts';
import { launchBrowser } from '../test/end-to-end/browser.ts';
import { Person } from '../test/end-to-end/person.ts';

/** Takes the README's pictures of the page, light and dark, from the demo workspace: of its own, or of the app at STREAMBED_BASE_URL. */
const directory = join(import.meta.dirname, '..', 'docs', 'images');
mkdirSync(directory, { recursive: true });
const app = await startApp();
const browser = await launchBrowser();
try {
  for (const colorScheme of ['light', 'dark'] as const) {
    const person = await Person.arrive(browser, app.baseUrl, { colorScheme, deviceScaleFactor: 2, viewport: { width: 1200, height: 720 } });
    await person.signInAs(app.users[0]?.name ?? '');
    await person.page.keyboard.press('Control+k');
    await person.page.getByRole('combobox', { name: 'Jump to a stream' }).fill('Launch');
    await person.page.getByRole('option', { name: /^Launch/ }).click();
    await person.log().getByRole('article').last().waitFor();
    await person.page.screenshot({ path: join(directory, `streams-${colorScheme}.png`), animations: 'disabled' });
    await person.context.close();
  }
} finally {
  await browser.close();
  await app.stop();
}
