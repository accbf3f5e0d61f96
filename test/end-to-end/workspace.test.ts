import { describe, expect, test } from '@jest/globals';
import type { Locator } from 'playwright-core';
import { seedStream } from './app.ts';
import { seriousFaults } from './axe.ts';
import type { Person } from './person.ts';
import { openStage } from './stage.ts';

const stage = openStage();
const { newName } = stage;
const [maya, jonas] = [0, 1];
const seed = (name: string, texts: readonly string[]): Promise<string> => seedStream(stage.app, name, texts);

const both = (): Promise<[Person, Person]> => Promise.all([stage.signedIn(maya), stage.signedIn(jonas)]);
/** A message in the panel. A role is needed, because the announcement for screen readers has the same words. */
const inPanel = (person: Person, text: string): Locator => person.panel().getByRole('article').filter({ hasText: text });
const lines = (count: number): string[] => Array.from({ length: count }, (_, i) => `line ${i + 1}`);
/** Behind the name of a direct message stands if the other is there. */
const status = '( online| away| offline)?';
/** Waits until a stream's row has this badge. */
const badge = (person: Person, stream: string, words: string): Promise<void> =>
  person.page
    .getByRole('navigation', { name: 'Streams' })
    .getByRole('link', { name: new RegExp(`${stream}${status} ${words}$`) })
    .waitFor();
const noBadge = (person: Person, stream: string): Promise<void> =>
  person.page
    .getByRole('navigation', { name: 'Streams' })
    .getByRole('link', { name: new RegExp(`${stream}${status}$`) })
    .waitFor();

describe('badges', () => {
  test('move at the other as things are said, and vanish on every device when it is read on one', async () => {
    const [stream, elsewhere] = [newName('badges'), newName('elsewhere')];
    await seed(stream, ['hello', 'hi']);
    await seed(elsewhere, []);
    await stage.client(jonas).streams.markRead((await findStream(jonas, stream)).id);
    const [ada, bob] = await both();
    const phone = await stage.signedIn(jonas, { viewport: { width: 390, height: 780 } });
    await bob.open(elsewhere);
    await ada.open(stream);
    await noBadge(bob, stream);
    await ada.write('anybody there?');
    await badge(bob, stream, 'unread');
    await ada.write(`@${stage.user(jonas).id} are you?`);
    await badge(bob, stream, '1 mention');
    await badge(phone, stream, '1 mention');
    await bob.page.waitForFunction(() => document.title.startsWith('(1)'));
    expect(await bob.page.locator('link[rel=icon]').getAttribute('href')).toMatch(/^data:image\/svg/);

    await phone.open(stream);
    await phone.sees('anybody there?');
    await noBadge(bob, stream);
    await bob.page.waitForFunction(() => !/^[(]\d/.test(document.title));
  });

  test('what is in view is read at once; what was made unread stays so', async () => {
    const [stream, elsewhere] = [newName('reading'), newName('away')];
    await seed(stream, ['one', 'two', 'three']);
    await seed(elsewhere, []);
    const [ada, bob] = await both();
    await Promise.all([ada.open(stream), bob.open(stream)]);
    await ada.write('four');
    await bob.sees('four');
    await bob.open(elsewhere);
    await noBadge(bob, stream);
    await ada.write('five');
    await badge(bob, stream, 'unread');

    await bob.open(stream);
    await bob.sees('five');
    await bob.page.getByText('New', { exact: true }).waitFor();
    await noBadge(bob, stream);
    await bob.message('four').hover();
    await bob.message('four').getByRole('button', { name: 'More' }).click();
    await bob.page.getByRole('menuitem', { name: /unread/ }).click();
    await badge(bob, stream, 'unread');
    await bob.page.reload();
    await bob.title(stream).waitFor();
  });
});

describe('a thread', () => {
  test('is started by the first reply, shows beside its stream, and Escape closes it', async () => {
    const stream = newName('thread');
    await seed(stream, ['Seeing errors in the checkout']);
    const [ada, bob] = await both();
    await Promise.all([ada.open(stream), bob.open(stream)]);
    await replyTo(ada, 'Seeing errors in the checkout', 'What errors?');
    await inPanel(ada, 'What errors?').waitFor();
    await bob.page.getByRole('button', { name: /1 reply/ }).click();
    await inPanel(bob, 'What errors?').waitFor();
    await bob
      .panel()
      .getByRole('textbox', { name: /^Message to/ })
      .fill('500s on checkout');
    await bob.page.keyboard.press('Enter');
    await inPanel(ada, '500s on checkout').waitFor();
    await ada.page.getByRole('button', { name: /2 replies/ }).waitFor();

    const address = ada.page.url();
    expect(address).toMatch(/\?p=s:str_\w{26}&t=str_\w{26}$/);
    await ada.page.keyboard.press('Escape');
    await ada.panel().waitFor({ state: 'detached' });
    await ada.focused(ada.composer());
    await ada.page.goBack();
    await inPanel(ada, '500s on checkout').waitFor();
    await ada.page.reload();
    await inPanel(ada, '500s on checkout').waitFor();
    expect(ada.page.url()).toBe(address);
  });

  test('becomes an incident in place: both see it, old links lead there, it can be resolved and reopened', async () => {
    const [stream, incident] = [newName('ops'), newName('Outage')];
    await seed(stream, ['Deploy went out']);
    const [ada, bob] = await both();
    await Promise.all([ada.open(stream), bob.open(stream)]);
    await replyTo(ada, 'Deploy went out', 'This is an outage!');
    await inPanel(ada, 'This is an outage!').waitFor();
    await ada.page.waitForURL(/t=str_/);
    const old = ada.page.url();

    await ada.panel().getByRole('button', { name: 'More about this stream' }).click();
    await ada.page.getByRole('menuitem', { name: 'Promote…' }).click();
    const dialog = ada.dialog('Promote this thread');
    expect(await dialog.getByLabel(/^Name/).inputValue()).toBe('Deploy went out');
    await dialog.getByText('Everyone who sees').waitFor();
    await dialog.getByLabel(/^Name/).fill('');
    await dialog.getByRole('button', { name: 'Start the incident' }).click();
    await dialog.getByText('Must not be empty').waitFor();
    await dialog.getByLabel(/^Name/).fill(incident);
    await dialog.getByText('SEV 1').click();
    await dialog.getByRole('button', { name: 'Start the incident' }).click();
    await ada.title(incident).waitFor();
    await ada.sees('This is an outage!');

    await bob.streamLink(incident).click();
    await bob.title(incident).waitFor();
    await bob.sees('This is an outage!');
    const bar = bob.page.getByRole('region', { name: 'Incident' });
    await bar.getByText('Active for').waitFor();
    await ada.page.getByRole('button', { name: 'Resolve' }).click();
    await bar.getByText(/^Resolved/).waitFor();
    await bar.getByRole('button', { name: 'Reopen' }).click();
    await ada.page.getByText('Active for').waitFor();

    await bar.getByRole('button', { name: /^Started from/ }).click();
    await bob.title(stream).waitFor();
    await bob.page.goto(old);
    await bob.title(incident).waitFor();
    expect(bob.page.url()).not.toContain('&t=');
  });

  test('fills a phone, with a way back', async () => {
    const stream = newName('small');
    await seed(stream, ['on the go']);
    const ada = await stage.signedIn(maya, { viewport: { width: 390, height: 780 }, hasTouch: true, isMobile: true });
    await ada.open(stream);
    await ada.message('on the go').tap();
    await ada.message('on the go').getByRole('button', { name: 'Reply in thread' }).tap();
    await ada.panel().getByRole('textbox', { name: 'Reply' }).fill('from the train');
    await ada.panel().getByRole('button', { name: 'Send' }).tap();
    await inPanel(ada, 'from the train').waitFor();
    expect(await ada.title(stream).count()).toBe(0);
    const overflow = await ada.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect(overflow).toBe(0);
    await ada.panel().getByRole('button', { name: 'Back to the stream' }).tap();
    await ada.title(stream).waitFor();
  });
});

describe('a direct message', () => {
  test('is found by the name of the other, is the same from both sides, and counts every message', async () => {
    const [ada, bob] = await both();
    await ada.page.keyboard.press('Control+k');
    await ada.page.getByRole('combobox', { name: 'Jump to a stream' }).fill(stage.user(jonas).name.slice(0, 5));
    await ada.page.getByRole('option', { name: new RegExp(`${stage.user(jonas).name} Direct message`) }).click();
    await ada.title(stage.user(jonas).name).waitFor();
    const words = newName('psst');
    await ada.write(words);
    await ada.sees(words);
    await badge(bob, stage.user(maya).name, '1 unread');
    await ada.write(`${words} again`);
    await badge(bob, stage.user(maya).name, '2 unread');
    await bob.streamLink(stage.user(maya).name).click();
    await bob.sees(words);
    await noBadge(bob, stage.user(maya).name);

    const other = await stage.signedIn(2);
    expect(await other.streamLink(stage.user(maya).name).count()).toBe(0);
  });
});

describe('a channel', () => {
  test('is archived at once, gone from every sidebar, and comes back with Undo', async () => {
    const stream = newName('archive');
    await seed(stream, ['old news']);
    const [ada, bob] = await both();
    await Promise.all([ada.open(stream), bob.streamLink(stream).waitFor()]);
    await ada.choose('Archive');
    await bob.streamLink(stream).waitFor({ state: 'detached' });
    await ada.page.getByText('Archived', { exact: true }).first().waitFor();
    await bob.page.getByRole('button', { name: 'Browse channels' }).click();
    await bob.dialog('Browse channels').getByText('Archived', { exact: true }).click();
    await bob.dialog('Browse channels').getByRole('link', { name: stream }).waitFor();
    await bob.page.keyboard.press('Escape');
    await ada.notices().getByRole('button', { name: 'Undo' }).click();
    await bob.streamLink(stream).waitFor();
    await ada.page.getByText('Archived', { exact: true }).waitFor({ state: 'detached' });
  });

  test('that is private is there only for who was added, and gone for who was taken out', async () => {
    const stream = newName('secret');
    const { id } = await stage.client(maya).streams.create({ streamType: 'channel', name: stream, visibility: 'private' });
    await stage.client(maya).events(id).post({ text: 'between us' });
    const [ada, bob] = await both();
    await ada.open(stream);
    await bob.page.goto(`/?p=s:${id}`);
    await bob.page.getByText('It does not exist, or it is private').waitFor();
    expect(await bob.streamLink(stream).count()).toBe(0);

    await ada.choose('Add people…');
    const dialog = ada.dialog(/^Add people/);
    await dialog.getByRole('combobox').fill(stage.user(jonas).name.slice(0, 5));
    await dialog.getByRole('option', { name: new RegExp(stage.user(jonas).name) }).click();
    await dialog.getByRole('button', { name: 'Add', exact: true }).click();
    await ada
      .notices()
      .getByText(`${stage.user(jonas).name} was added.`)
      .waitFor();
    await bob.streamLink(stream).click();
    await bob.sees('between us');

    await ada.page.getByRole('button', { name: /^Members/ }).click();
    await ada.page.getByRole('button', { name: `What to do about ${stage.user(jonas).name}` }).click();
    await ada.page.getByRole('menuitem', { name: 'Take out of the stream' }).click();
    await ada
      .dialog(/^Members/)
      .getByText(stage.user(jonas).name)
      .waitFor({ state: 'detached' });
    await bob.page.getByText('You no longer have access').waitFor();
    await bob.streamLink(stream).waitFor({ state: 'detached' });
    await bob.seesNot('between us');
  });

  test('is renamed for everybody; what is wrong stands at its field', async () => {
    const [stream, renamed] = [newName('before'), newName('after')];
    await seed(stream, []);
    const [ada, bob] = await both();
    await Promise.all([ada.open(stream), bob.streamLink(stream).waitFor()]);
    await ada.choose('Settings…');
    const dialog = ada.dialog('Settings');
    await dialog.getByLabel(/^Name/).fill('x'.repeat(81));
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.getByText('Must be at most 80 characters').waitFor();
    await dialog.getByLabel(/^Name/).fill(renamed);
    await dialog.getByLabel('Topic').fill('All about it');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await ada.title(renamed).waitFor();
    await bob.streamLink(renamed).waitFor();
    await bob.open(renamed);
    await bob.page.getByText('All about it').first().waitFor();
  });

  test('can be left, and is then found by browsing', async () => {
    const stream = newName('leave');
    await seed(stream, ['still here']);
    const bob = await stage.signedIn(jonas);
    await bob.open(stream);
    await bob.choose('Leave');
    await bob.page.getByRole('button', { name: 'Join', exact: true }).first().waitFor();
    await bob.page.goto('/');
    await bob.page.getByRole('button', { name: 'Browse channels' }).waitFor();
    await bob.joinStream(stream);
    await bob.streamLink(stream).waitFor();
  });
});

describe('what concerns a person', () => {
  test('is told at once, leads to where it was said, and is read with that', async () => {
    const stream = newName('mention');
    await seed(stream, ['begin']);
    const [ada, bob] = await both();
    await ada.open(stream);
    const words = newName('look');
    const before = await unreadOf(bob);
    await ada.write(`@${stage.user(jonas).id} ${words}`);
    await bob.page.waitForFunction(
      (count) => Number(document.querySelector('nav[aria-label=Places] b')?.textContent?.match(/\d+/)?.[0] ?? 0) === count + 1,
      before,
    );
    await bob.place('Activity').click();
    const item = bob.page.getByRole('list', { name: 'Activity' }).getByRole('link', { name: new RegExp(words) });
    await item.filter({ hasText: `mentioned you in ${stream}` }).click();
    await bob.title(stream).waitFor();
    await bob.log().getByText(words).waitFor();
    await bob.page.goBack();
    await bob.page.getByRole('heading', { level: 1, name: 'Activity' }).waitFor();
    await bob.page.waitForFunction(
      (text) => [...document.querySelectorAll('a[data-unread=false]')].some((link) => link.textContent?.includes(text)),
      words,
    );
  });
});

describe('search', () => {
  test('finds what may be seen, by words and filters, and leads into the middle of the history', async () => {
    const [stream, needle] = [newName('deep'), newName('needle').replaceAll('-', '')];
    await seed(stream, ['first', needle, ...lines(110)]);
    const ada = await stage.signedIn(maya);
    await ada.place('Search').click();
    const field = ada.page.getByRole('searchbox', { name: 'Search messages' });
    await field.fill(`${needle} in:#${stream} from:@${stage.user(jonas).id}`);
    await field.press('Enter');
    const hit = ada.page.getByRole('list', { name: 'Messages found' }).getByRole('link');
    await hit.getByText(needle).waitFor();
    expect(await hit.locator('mark').innerText()).toBe(needle);
    await hit.click();
    await ada.title(stream).waitFor();
    await ada.page.waitForFunction(
      (words) => document.activeElement?.matches('article') && document.activeElement.textContent.includes(words),
      needle,
    );
    await ada.page.goBack();
    expect(await field.inputValue()).toContain(needle);
    await field.fill('in:#no-such-stream word');
    await field.press('Enter');
    await ada.page.getByText('There is no stream called').waitFor();
  });
});

test('a message is shared into another stream, with a word about why', async () => {
  const [from, to] = [newName('from'), newName('to')];
  await seed(from, ['worth knowing']);
  await seed(to, ['here already']);
  const [ada, bob] = await both();
  await Promise.all([ada.open(from), bob.open(to)]);
  await ada.message('worth knowing').hover();
  await ada.message('worth knowing').getByRole('button', { name: 'Share' }).click();
  const dialog = ada.dialog('Share this message');
  await dialog.getByRole('combobox').fill(to);
  await dialog.getByRole('option', { name: to }).click();
  await dialog.getByLabel('Why you share it').fill('Relevant for you');
  await dialog.getByRole('button', { name: `Share to ${to}` }).click();
  await ada.notices().getByText(`Shared to ${to}.`).waitFor();
  await bob.log().getByText('Relevant for you').waitFor();
  await bob.log().getByText('worth knowing').waitFor();
});

async function replyTo(person: Person, text: string, reply: string): Promise<void> {
  await person.message(text).hover();
  await person.message(text).getByRole('button', { name: 'Reply in thread' }).click();
  await person.panel().getByRole('textbox', { name: 'Reply' }).fill(reply);
  await person.page.keyboard.press('Enter');
}

async function findStream(n: number, name: string) {
  const { items } = await stage.client(n).streams.list({ q: name });
  const found = items.find((stream) => stream.name === name);
  if (!found) throw new Error(`there is no stream called ${name}`);
  return found;
}

async function unreadOf(person: Person): Promise<number> {
  const text = await person.place('Activity').innerText();
  return Number(/\d+/.exec(text)?.[0] ?? 0);
}

describe('axe finds nothing serious, by day and by night', () => {
  test('in thread, incident, activity, search and their dialogs', async () => {
    const stream = newName('axe');
    await seed(stream, ['a root', 'something else']);
    const [first] = (
      await stage
        .client(maya)
        .events((await findStream(maya, stream)).id)
        .list()
    ).items.filter(({ content }) => content);
    if (!first) throw new Error('the stream is empty');
    const streams = stage.client(maya);
    const thread = await streams.events(first.streamId).thread({ eventId: first.id });
    await streams.events(thread.id).post({ text: 'a reply' });
    await streams.events(first.streamId).pin(first.id);
    const incident = await streams.streams.create({ streamType: 'incident', name: newName('Axed'), severity: 'sev2' });
    const ada = await stage.signedIn(maya);
    await ada.page.goto(`/?p=s:${first.streamId}&t=${thread.id}`);
    await inPanel(ada, 'a reply').waitFor();
    await lookAt(ada);
    await ada.panel().getByRole('button', { name: 'More about this stream' }).click();
    expect(await seriousFaults(ada.page, '[role=menu]')).toEqual([]);
    await ada.page.getByRole('menuitem', { name: 'Promote…' }).click();
    await lookAt(ada, 'Promote this thread');
    await ada.page.keyboard.press('Escape');
    await ada.focused(ada.panel().getByRole('button', { name: 'More about this stream' }));
    await ada.page.goto(`/?p=s:${incident.id}`);
    await ada.page.getByText('Active for').waitFor();
    await lookAt(ada);
    await ada.page.getByRole('button', { name: /^Members/ }).click();
    await ada.page.getByRole('list', { name: 'Members' }).getByRole('listitem').first().waitFor();
    await lookAt(ada, /^Members/);
    await ada.page.getByRole('button', { name: 'Add people' }).click();
    await ada.page.getByRole('option').first().waitFor();
    await lookAt(ada, /^Add people/);
    await ada.page.keyboard.press('Escape');
    await ada.place('Search').click();
    await ada.page.getByRole('searchbox').fill('reply');
    await ada.page.keyboard.press('Enter');
    await ada.page.getByRole('list', { name: 'Messages found' }).waitFor();
    await lookAt(ada);
    await ada.place('Activity').click();
    await ada.page.getByRole('heading', { level: 1, name: 'Activity' }).waitFor();
    await lookAt(ada);
    await ada.page.getByRole('button', { name: 'Browse channels' }).click();
    await ada.page.getByRole('list', { name: 'Streams to look into' }).getByRole('listitem').first().waitFor();
    await lookAt(ada, 'Browse channels');
  });
});

async function lookAt(person: Person, dialog?: string | RegExp): Promise<void> {
  if (dialog !== undefined) await person.dialog(dialog).waitFor();
  expect(await seriousFaults(person.page, dialog === undefined ? 'main' : '[role=dialog]')).toEqual([]);
}
