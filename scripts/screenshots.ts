import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { startApp } from '../test/end-to-end/app.ts';
import { launchBrowser } from '../test/end-to-end/browser.ts';
import { Person } from '../test/end-to-end/person.ts';
import { waitForMemory } from './demo-memory/read-memory.ts';
import { readStory } from './demo-memory/read-story.ts';
import { importStory, say, speakerOf } from './demo-memory/tell-story.ts';

/** Takes the README's pictures of the page, light and dark, from a temporary demo workspace, or from the app at STREAMBED_BASE_URL. */
const directory = join(import.meta.dirname, '..', 'docs', 'images');
mkdirSync(directory, { recursive: true });
const colorSchemes = ['light', 'dark'] as const;

async function arrive(browser: Browser, baseUrl: string, colorScheme: (typeof colorSchemes)[number]): Promise<Person> {
  return Person.arrive(browser, baseUrl, { colorScheme, deviceScaleFactor: 2, viewport: { width: 1200, height: 720 } });
}

async function take(person: Person, name: string): Promise<void> {
  await person.log().getByRole('article').last().waitFor();
  await person.page.screenshot({ path: join(directory, `${name}.png`), animations: 'disabled' });
  await person.context.close();
}

/** Replays three weeks of five users and waits for their memory; resolves with the token of one user. */
async function tellStory(baseUrl: string): Promise<string> {
  const story = readStory();
  const telling = await importStory(story, { baseUrl, name: 'Atlas', now: new Date(), onSent: () => undefined });
  for (const said of story.live) await say(telling, said);
  await waitForMemory(telling, () => undefined);
  return speakerOf(telling.speakers, story.people[0]?.id).token;
}

const app = await startApp();
const browser = await launchBrowser();
try {
  const token = await tellStory(app.baseUrl);
  for (const colorScheme of colorSchemes) {
    const person = await arrive(browser, app.baseUrl, colorScheme);
    await person.signInAs(app.users[0]?.name ?? '');
    await person.page.keyboard.press('Control+k');
    await person.page.getByRole('combobox', { name: 'Jump to a stream' }).fill('Launch');
    await person.page.getByRole('option', { name: /^Launch/ }).click();
    await take(person, `streams-${colorScheme}`);

    const reader = await arrive(browser, app.baseUrl, colorScheme);
    await reader.page.getByLabel('Token', { exact: true }).fill(token);
    await reader.page.getByLabel('Token', { exact: true }).press('Enter');
    await reader.open('Team Atlas');
    await reader.page.getByRole('button', { name: 'Memory', exact: true }).click();
    await reader.page.getByRole('list', { name: 'Related topics' }).getByRole('link').first().waitFor();
    await take(reader, `memory-${colorScheme}`);
  }
} finally {
  await browser.close();
  await app.stop();
}
