import { beforeAll, describe, expect, test } from '@jest/globals';
import { dialogEntries, type Scene } from './dialogs/entries.ts';
import { focusFaults, placeFaults } from './dialogs/faults.ts';
import { dialogFiles, filesWithOwnModal } from './dialogs/list.ts';
import { enter, tellStory, type Story } from './dialogs/scene.ts';
import { openStage } from './stage.ts';
import { limit } from '../support/slowness.ts';

/** Every dialog of the web app at three sizes, among the longest names: its buttons are in view, and the keyboard works. */
const stage = openStage();
let story: Story;
beforeAll(async () => {
  story = await tellStory(stage);
}, limit(30_000));

const sizes = [
  { width: 1440, height: 900 },
  { width: 1280, height: 720 },
  { width: 390, height: 844 },
] as const;

/** A folder for pictures of each dialog, to look at. */
const pictures = process.env['DIALOG_PICTURES'];

test('each dialog of the web app is opened here, and is made of the one component', () => {
  const files = dialogFiles();
  expect(files.length).toBeGreaterThan(10);
  // A second one in a file would hide behind the first.
  expect(files).toEqual([...new Set(files)]);
  expect(files).toEqual(Object.keys(dialogEntries).toSorted());
  expect(filesWithOwnModal()).toEqual([]);
});

/** The faults of one dialog at one size. */
async function faultsOf(scene: Scene, file: string): Promise<string[]> {
  const { page } = scene.person;
  const entry = dialogEntries[file]!;
  const { dialog, back } = await entry.open(scene);
  await dialog.waitFor();
  const faults = [...(await focusFaults(page, dialog)), ...(await placeFaults(dialog))];
  const { width, height } = page.viewportSize()!;
  if (pictures !== undefined) {
    await page.screenshot({ path: `${pictures}/${file.replaceAll('/', '-')}-${width}x${height}.png` });
  }
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  await scene.person.focused(back).catch(async () => {
    const focused = await page.evaluate(() => document.activeElement?.outerHTML.slice(0, 120));
    faults.push(`the focus came back to ${focused}`);
  });
  await entry.leave?.(scene);
  return faults.map((fault) => `${file}: ${fault}`);
}

describe.each(sizes)('at $width x $height', (viewport) => {
  test(
    'the buttons of each dialog are in view, Tab stays inside, and Escape returns the focus',
    async () => {
      const scene = await enter(await stage.signedIn(0, { viewport }), story);
      const faults: string[] = [];
      for (const [file, { onlyNarrow = false }] of Object.entries(dialogEntries)) {
        if (!onlyNarrow || scene.isNarrow) faults.push(...(await faultsOf(scene, file)));
      }
      expect(faults).toEqual([]);
    },
    limit(150_000),
  );

  test('a wide table scrolls inside of its message, and breaks no word', async () => {
    const { person } = await enter(await stage.signedIn(0, { viewport }), story);
    const found = await person
      .log()
      .getByRole('region', { name: 'Table' })
      .evaluate((section) => ({
        isWider: section.scrollWidth > section.clientWidth,
        isInside: section.getBoundingClientRect().right <= innerWidth,
        // A range has a rectangle for each line of its text.
        broken: [...section.querySelectorAll('th, td')].filter((cell) => {
          const range = document.createRange();
          range.selectNodeContents(cell);
          return new Set([...range.getClientRects()].map(({ top }) => Math.round(top))).size > 1;
        }).length,
        pageIsWider: document.documentElement.scrollWidth > innerWidth,
      }));
    expect(found).toEqual({ isWider: viewport.width === 390, isInside: true, broken: 0, pageIsWider: false });
  });

  test('no long name pushes a button of the page, or of a thread, out of view', async () => {
    const { person } = await enter(await stage.signedIn(0, { viewport }), story);
    expect(await placeFaults(person.page.locator('main header').first())).toEqual([]);
    await person.page.goto(`/?p=s:${story.streamId}&t=${story.threadId}`);
    await person.panel().getByText('A reply').waitFor();
    expect(await placeFaults(person.panel().locator('header'))).toEqual([]);
  });
});

test(
  'Enter submits a form, picks the first result, and never deletes',
  async () => {
    const scene = await enter(await stage.signedIn(0, { viewport: sizes[1] }), story);
    for (const { open, enter: press, leave } of Object.values(dialogEntries)) {
      if (!press) continue;
      const opened = await open(scene);
      await opened.dialog.waitFor();
      await press(scene, opened);
      if ((await opened.dialog.count()) > 0) {
        await scene.person.page.keyboard.press('Escape');
        await opened.dialog.waitFor({ state: 'detached' });
        await leave?.(scene);
      }
    }
  },
  limit(120_000),
);
