import { expect, test } from '@jest/globals';
import { seedStream } from './app.ts';
import type { Person } from './person.ts';
import { openStage } from './stage.ts';

const stage = openStage();
const { newName } = stage;
const maya = 0;
const field = (person: Person) => person.page.getByRole('textbox', { name: /^Message to/ });
const holds = async (person: Person, text: string): Promise<void> => {
  await person.page.waitForFunction((wanted) => document.querySelector<HTMLTextAreaElement>('main textarea')?.value === wanted, text);
};
const twoBrowsers = (): Promise<[Person, Person]> => Promise.all([stage.signedIn(maya), stage.signedIn(maya)]);

test('a draft that is written in one browser is found in another, and is gone from both when it is sent', async () => {
  const [stream, elsewhere] = [newName('drafts'), newName('elsewhere')];
  await seedStream(stage.app, stream, []);
  await seedStream(stage.app, elsewhere, []);
  const [desk, phone] = await twoBrowsers();
  await Promise.all([desk.open(stream), phone.open(elsewhere)]);
  await field(desk).fill('Half a thought, 半分 🙂');
  const listed = phone.page.getByRole('region', { name: 'Drafts' }).getByRole('link', { name: /Half a thought/ });
  await listed.waitFor();
  await listed.click();
  await holds(phone, 'Half a thought, 半分 🙂');
  await field(phone).fill('A whole thought');
  await holds(desk, 'A whole thought');
  await field(phone).press('Enter');
  await desk.sees('A whole thought');
  for (const person of [desk, phone]) await holds(person, '');
  await desk.page.reload();
  await desk.sees('A whole thought');
  expect(await field(desk).inputValue()).toBe('');
});

test('texts that were written in two browsers at once are both shown, and one is chosen', async () => {
  const stream = newName('both');
  await seedStream(stage.app, stream, []);
  const [desk, phone] = await twoBrowsers();
  await Promise.all([desk.open(stream), phone.open(stream)]);
  await phone.context.setOffline(true);
  await field(phone).fill('from the phone');
  await field(desk).fill('from the desk');
  await desk.page.waitForFunction(async () => document.hasFocus() || true);
  await saved(stream, 'from the desk');
  await phone.context.setOffline(false);
  const note = phone.page.getByRole('status', { name: 'Edited elsewhere' });
  await note.getByText('from the desk').waitFor();
  expect(await field(phone).inputValue()).toBe('from the phone');
  await note.getByRole('button', { name: 'Keep mine' }).click();
  await holds(desk, 'from the phone');
  await note.waitFor({ state: 'detached' });
});

/** Waits until the server has a draft. */
async function saved(stream: string, text: string): Promise<void> {
  const client = stage.client(maya);
  const { items } = await client.streams.list({ q: stream });
  const id = items[0]?.id ?? '';
  while ((await client.kit.draft(id)).text !== text) await new Promise((resolve) => setTimeout(resolve, 50));
}
