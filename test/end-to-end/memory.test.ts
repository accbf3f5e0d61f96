import { describe, expect, test } from '@jest/globals';
import type { Locator, Page, Route } from 'playwright-core';
import { seedStream } from './app.ts';
import { seriousFaults } from './axe.ts';
import { MemoryPerson } from './memory-person.ts';
import { openStage } from './stage.ts';

const stage = openStage();
const { newName } = stage;
const [maya, jonas, priya] = [0, 1, 2];

const espresso = [
  'The espresso machine leaks water at the group head again',
  'Which gasket does the group head of the espresso machine take?',
  'The espresso group head takes an 8.5 mm gasket, the old one is hard as stone',
  'I ordered two gaskets for the espresso machine, they arrive on Friday',
  'Until then please wipe the water below the espresso machine every hour',
];
const payroll = [
  'Payroll for November has to be approved by Thursday noon',
  'Two overtime entries in the payroll are missing a signature',
  'I signed the overtime entries, so the payroll can go out',
  'The bank holiday moves the payroll to Wednesday this month',
  'Then I approve the payroll with all overtime on Tuesday evening',
];
const leaking = ['The espresso machine is leaking water at the group head once more', 'Is it the gasket of the espresso group head again?'];

/** Creates a stream with two closed epochs, one for each topic, and a barrier for the next one. */
async function remembered(word: string) {
  const name = newName(word);
  const streamId = await seedStream(stage.app, name, espresso);
  const { memory, events } = { memory: stage.client(maya).memory, events: stage.client(jonas).events(streamId) };
  await memory.setBarrier(streamId);
  for (const text of payroll) await events.post({ text });
  await memory.setBarrier(streamId);
  const mayas = new MemoryPerson(await stage.signedIn(maya));
  await mayas.person.open(name);
  await mayas.divider(/payroll/i).waitFor();
  return { name, streamId, mayas, events, memory };
}

/**
 * Creates a stream longer than a page. Topics begin above, inside and below the visible part at the start of the newest page. Returns
 * their names.
 */
async function longRemembered(word: string): Promise<{ name: string; beginnings: string[] }> {
  const name = newName(word);
  const streamId = await seedStream(stage.app, name, []);
  const { memory, events } = { memory: stage.client(maya).memory, events: stage.client(maya).events(streamId) };
  const beginnings: string[] = [];
  for (let n = 1; n <= 130; n++) {
    if ([40, 78, 86, 90].includes(n)) {
      const label = `Begins at shelf ${n}`;
      await memory.setBarrier(streamId, { label });
      beginnings.push(label);
    }
    await events.post({ text: `Shelf ${n}` });
  }
  return { name, beginnings };
}

/** Holds requests to an address; the returned function releases them. */
async function heldBack(page: Page, address: RegExp): Promise<() => void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  await page.route(address, async (route) => {
    await promise;
    await route.continue();
  });
  return resolve;
}

/** Position of an element on the page, once it has stopped moving. */
async function settled(locator: Locator): Promise<number> {
  const top = async (): Promise<number> => (await locator.boundingBox())?.y ?? Number.NaN;
  for (let [last, now] = [Number.NaN, await top()]; ; [last, now] = [now, await top()]) {
    if (last === now) return now;
    await locator.page().evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
  }
}

/** Positions of the last message above the visible part, and of one in its middle. */
const rowsAbout = (log: Locator): Promise<[number, number]> =>
  log.evaluate((frame) => {
    const { top, bottom } = frame.getBoundingClientRect();
    const rows = [...frame.querySelectorAll<HTMLElement>('[data-seq]')];
    const seqOf = (row: HTMLElement | undefined): number => Number(row?.dataset['seq']);
    const above = rows.findLast((row) => row.getBoundingClientRect().bottom <= top);
    return [seqOf(above), seqOf(rows.find((row) => row.getBoundingClientRect().top > (top + bottom) / 2))];
  });

describe('a stream with two topics', () => {
  test('shows where the subject changes; returning to the first brings it up as related, and the way there leads back', async () => {
    const name = newName('two-topics');
    const streamId = await seedStream(stage.app, name, []);
    const [mayas, jonass] = [new MemoryPerson(await stage.signedIn(maya)), new MemoryPerson(await stage.signedIn(jonas))];
    const { page } = mayas.person;
    for (const { person } of [mayas, jonass]) await person.open(name);
    for (const [index, text] of [...espresso, ...payroll].entries()) {
      const { person } = index % 2 === 0 ? mayas : jonass;
      await person.write(text);
      await person.sees(text);
    }
    await mayas.divider(/espresso/i).waitFor();
    await mayas.person.log().getByText('the subject changed').waitFor();
    await mayas.counts(2);

    await mayas.open();
    for (const text of leaking) await mayas.person.write(text);
    const earlier = mayas.related(new RegExp(name));
    await earlier.waitFor();
    await mayas.panel().getByText('Related to what is being said').waitFor();
    await mayas.divider(/payroll/i).waitFor();
    await mayas.counts(3);

    await earlier.click();
    await mayas.person.focused(mayas.person.message(espresso[0] ?? ''));
    expect(page.url()).toContain(`p=s:${streamId}`);
    await page.goBack();
    await mayas.person.focused(mayas.person.message(leaking[1] ?? ''));
    expect(page.url()).toContain('m=related');
  });

  test('says while one writes what was talked about before, and what is being said once the line is empty again', async () => {
    const { mayas } = await remembered('writing');
    await mayas.person.write('/new Small things');
    await mayas.divider('Topic: Small things').waitFor();
    await mayas.open();
    await mayas.person.composer().pressSequentially('the espresso machine leaks again');
    await mayas.panel().getByText('Related to what you are writing').waitFor();
    await mayas
      .related(/espresso/i)
      .first()
      .waitFor();
    await mayas.person.composer().fill('');
    await mayas.panel().getByText('Related to what you are writing').waitFor({ state: 'detached' });
  });

  test('lists its topics beside it, finds one by its words, and goes there', async () => {
    const { mayas } = await remembered('timeline');
    await mayas.open('Timeline');
    await mayas.topic(/payroll/i).waitFor();
    await mayas.panel().getByRole('searchbox', { name: 'Find a topic' }).fill('ESPRESSO');
    await mayas.topic(/payroll/i).waitFor({ state: 'detached' });
    await mayas.topic(/espresso/i).click();
    await mayas.person.focused(mayas.person.message(espresso[0] ?? ''));
    expect(mayas.person.page.url()).toContain('m=timeline');
  });
});

describe('/new', () => {
  test('begins a topic by keyboard alone, with a name in any script, for everybody', async () => {
    const { mayas, name } = await remembered('begin');
    const jonas = new MemoryPerson(await stage.signedIn(1));
    await jonas.person.open(name);
    await mayas.person.composer().focus();
    await mayas.person.page.keyboard.type('/new ساعات العمل');
    await mayas.person.page.keyboard.press('Enter');
    await mayas.divider('Topic: ساعات العمل').waitFor();
    expect(await mayas.person.composer().inputValue()).toBe('');
    await mayas.person.write('When do we open on Sunday?');
    await jonas.divider('Topic: ساعات العمل').waitFor();
  });

  test('says why where it is refused, and keeps what was written', async () => {
    const { mayas } = await remembered('refused');
    await mayas.person.page.route('**/barrier', (route) =>
      route.fulfill({
        status: 403,
        contentType: 'application/problem+json',
        body: JSON.stringify({
          type: '/docs#problem-forbidden',
          title: 'Your role does not allow this',
          status: 403,
          code: 'forbidden',
          retry: 'never',
          requestId: 'r',
        }),
      }),
    );
    await mayas.person.write('/new Something');
    await mayas.person.page.locator('form').getByText('Your role does not allow this').waitFor();
    expect(await mayas.person.composer().inputValue()).toBe('/new Something');
  });
});

describe('what memory made', () => {
  test('is named by a member for everybody, and given back', async () => {
    const { mayas, name } = await remembered('rename');
    const jonas = new MemoryPerson(await stage.signedIn(1));
    await jonas.person.open(name);
    await mayas.correct(/payroll/i, 'Rename…');
    const dialog = mayas.person.dialog('Rename this topic');
    await dialog.getByLabel('What it is about').fill('November’s pay');
    await dialog.getByRole('button', { name: 'Rename' }).click();
    await mayas.divider('Topic: November’s pay').waitFor();
    await jonas.divider('Topic: November’s pay').waitFor();

    await mayas.correct(/November’s pay/, 'Rename…');
    await mayas.person.dialog('Rename this topic').getByRole('button', { name: 'Let memory name it' }).click();
    await mayas.divider(/payroll/i).waitFor();
  });

  test('is merged, and cut again where it was when that is undone', async () => {
    const { mayas } = await remembered('merge');
    await mayas.correct(/payroll/i, 'Merge with the topic above');
    await mayas.counts(2);
    await mayas.undo();
    await mayas.counts(3);
  });

  test('is cut at a message that somebody picks', async () => {
    const { mayas } = await remembered('split');
    const text = payroll[3] ?? '';
    await mayas.person.message(text).hover();
    await mayas.person.message(text).getByRole('button', { name: 'More' }).click();
    await mayas.person.page.getByRole('menuitem', { name: 'Begin a new topic here' }).click();
    await mayas.person.notices().getByText('A new topic begins here.').waitFor();
    await mayas.counts(4);
    await mayas.undo();
    await mayas.counts(3);
  });

  test('moves nothing under the eyes of who reads, when it is cut above them', async () => {
    const name = newName('still');
    const shelves = Array.from({ length: 60 }, (_, n) => `Shelf ${n}: cups, lids, napkins and straws are counted`);
    const streamId = await seedStream(stage.app, name, shelves);
    const mayas = new MemoryPerson(await stage.signedIn(maya));
    await mayas.person.open(name);
    await mayas.person.sees(shelves.at(-1) ?? '');
    await mayas.person.scroll(-900);
    const [above, within] = await rowsAbout(mayas.person.log());
    const watched = mayas.person.log().locator(`[data-seq="${within}"]`);
    const before = await settled(watched);
    const { memory } = stage.client(jonas);
    const [epoch] = (await memory.epochs(streamId)).items;
    const { events } = await memory.epoch(epoch?.id ?? '', { limit: 60 });
    await memory.splitEpoch(epoch?.id ?? '', { eventId: events.find(({ seq }) => seq === above)?.id ?? '' });
    await mayas.counts(1);
    expect(Math.abs((await settled(watched)) - before)).toBeLessThanOrEqual(2);
  });

  test.each([
    ['before the page of history that they are in', ['topics', 'page']],
    ['after it', ['page', 'topics']],
  ])('moves nothing under the eyes of who reads, when it comes %s', async (_when, order) => {
    const { name, beginnings } = await longRemembered('history');
    const mayas = new MemoryPerson(await stage.signedIn(maya));
    const { page } = mayas.person;
    const [topics, history] = [await heldBack(page, /\/epochs(\?|$)/), await heldBack(page, /\/events\?.*before=/)];
    await mayas.person.open(name);
    await mayas.person.sees('Shelf 130');
    await mayas.person.scroll(-10_000);
    await page.getByText('Loading earlier messages…').waitFor();
    const watched = mayas.person.message('Shelf 83');
    const before = await settled(watched);
    for (const what of order) {
      if (what === 'topics') topics();
      else history();
      const shown = what === 'topics' ? mayas.divider(beginnings.at(-1) ?? '') : mayas.person.message('Shelf 80');
      await shown.waitFor({ state: 'attached' });
      expect(Math.abs((await settled(watched)) - before)).toBeLessThanOrEqual(2);
    }
  });

  test('is within reach of the keyboard', async () => {
    const { mayas } = await remembered('keyboard');
    await mayas.person.composer().press('Shift+Tab');
    await mayas.person.page.keyboard.press('ArrowDown');
    for (let steps = 0; steps < payroll.length; steps++) await mayas.person.page.keyboard.press('ArrowUp');
    await mayas.person.focused(mayas.person.message(payroll[0] ?? ''));
    await mayas.person.page.keyboard.press('Shift+Tab');
    await mayas.person.focused(mayas.person.log().getByRole('button', { name: /^More about the topic .*payroll/i }));
    await mayas.person.page.keyboard.press('Enter');
    await mayas.person.page.getByRole('menuitem', { name: 'Rename…' }).waitFor();
    await mayas.person.page.keyboard.press('Escape');
    await mayas.person.page.keyboard.press('Control+.');
    await mayas.panel().waitFor();
  });

  test('is no longer shown as related where somebody says that it is not, until they take that back', async () => {
    const { mayas } = await remembered('rejected');
    await mayas.open();
    for (const text of leaking) await mayas.person.write(text);
    await mayas
      .related(/espresso/i)
      .first()
      .waitFor();
    const address = await mayas
      .related(/espresso/i)
      .first()
      .getAttribute('href');
    const link = mayas.panel().locator(`a[href="${address}"]`);
    await mayas
      .panel()
      .getByRole('listitem')
      .filter({ has: mayas.person.page.locator(`a[href="${address}"]`) })
      .getByRole('button', { name: /is not related$/ })
      .click();
    await link.waitFor({ state: 'detached' });
    await mayas.undo();
    await link.waitFor();
  });
});

describe('memory', () => {
  test('is searched by words and by meaning, from an address, with the keyboard', async () => {
    const { mayas, name } = await remembered('search');
    const { page } = mayas.person;
    await page.goto(`/?p=q:${encodeURIComponent(`overtime payroll in:#${name}`)}&in=memory`);
    const results = page.getByRole('list', { name: 'Topics found' });
    await results
      .getByRole('link', { name: /payroll/i })
      .first()
      .waitFor();
    await results.locator('mark', { hasText: 'overtime' }).first().waitFor();
    await page.getByRole('button', { name: 'Words', exact: true }).click();
    await page.waitForURL(/mode=keyword/);
    await results
      .getByRole('link', { name: /payroll/i })
      .first()
      .waitFor();
    await page.getByRole('searchbox', { name: 'Search memory' }).press('ArrowDown');
    await page.keyboard.press('Enter');
    await mayas.person.title(name).waitFor();
    await mayas.person.focused(mayas.person.message(payroll[0] ?? ''));
  });

  test('is set in the settings of a stream by who manages it, and shown to others', async () => {
    const { mayas, name, streamId, memory } = await remembered('settings');
    await mayas.person.choose('Settings…');
    const dialog = mayas.person.dialog('Settings');
    await dialog.getByRole('button', { name: 'Memory' }).click();
    await dialog.getByLabel('A new topic begins after a pause of (minutes)').fill('0');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.getByText('A whole number from 1 to 10080').waitFor();
    await dialog.getByLabel('A new topic begins after a pause of (minutes)').fill('45');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.waitFor({ state: 'detached' });
    expect(await memory.readSettings(streamId)).toMatchObject({ gapMinutes: 45, enabled: true });

    const bob = await stage.signedIn(priya);
    await bob.open(name);
    await bob.choose('Settings…');
    await bob.dialog('Settings').getByRole('button', { name: 'Memory' }).click();
    await bob.dialog('Settings').getByText('Only who manages the stream').waitFor();
    expect(await bob.dialog('Settings').getByLabel('A new topic begins after a pause of (minutes)').isDisabled()).toBe(true);
  });

  test('says that it is behind rather than nothing, and what is related once it has caught up', async () => {
    const { mayas } = await remembered('behind');
    const behind = { epochId: null, items: [], memory: 'behind' };
    const answer = (route: Route): Promise<void> => route.fulfill({ contentType: 'application/json', body: JSON.stringify(behind) });
    await mayas.person.page.route('**/related*', answer);
    await mayas.open();
    await mayas.panel().getByText('Memory is behind: new messages are being remembered.').waitFor();
    await mayas.panel().getByRole('heading', { name: 'Nothing related yet' }).waitFor();
    await mayas.panel().getByText('Found by words only').waitFor();
    await mayas.person.page.unroute('**/related*', answer);
    for (const text of leaking) await mayas.person.write(text);
    await mayas
      .related(/espresso/i)
      .first()
      .waitFor();
    await mayas.panel().getByText('Memory is behind').waitFor({ state: 'detached' });
  });

  test('can be used by who cannot see it well, by day and by night, wide and narrow', async () => {
    const { mayas, streamId } = await remembered('axe');
    await mayas.open('Timeline');
    await mayas.topic(/payroll/i).waitFor();
    expect(await seriousFaults(mayas.person.page)).toEqual([]);
    const phone = await stage.signedIn(maya, { viewport: { width: 390, height: 780 }, hasTouch: true, isMobile: true });
    await phone.page.goto(`/?p=s:${streamId}&m=timeline`);
    const sheet = phone.page.getByRole('dialog', { name: 'Memory' });
    await sheet.getByRole('link', { name: /espresso/i }).waitFor();
    expect(await seriousFaults(phone.page)).toEqual([]);
    await sheet.getByRole('link', { name: /espresso/i }).click();
    await sheet.waitFor({ state: 'detached' });
    await phone.focused(phone.message(espresso[0] ?? ''));
  });
});
