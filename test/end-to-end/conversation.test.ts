import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { seedStream } from './app.ts';
import { axeOf } from './axe.ts';
import { ConversationPerson, type OwnFile } from './conversation-person.ts';
import { openStage } from './stage.ts';
import { limit } from '../support/slowness.ts';

const stage = openStage();
const { newName } = stage;
const [first, second] = [0, 1];

const picture: OwnFile = {
  name: 'streams.png',
  mimeType: 'image/png',
  buffer: readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'images', 'streams-light.png')),
};
const csv: OwnFile = { name: 'figures.csv', mimeType: 'text/csv', buffer: Buffer.from('a,b\n1,2\n') };

/** Two users with the same stream open, with messages in it. */
async function twoIn(word: string, texts: readonly string[]) {
  const name = newName(word);
  const streamId = await seedStream(stage.app, name, texts);
  const people = await Promise.all([stage.signedIn(first), stage.signedIn(second)]);
  await Promise.all(people.map((person) => person.open(name)));
  for (const person of people) for (const text of texts.slice(-1)) await person.sees(text);
  const [ada, bob] = [new ConversationPerson(people[0]), new ConversationPerson(people[1])];
  return { name, streamId, ada, bob };
}

const nameOf = (n: number): string => stage.user(n).name;
const idOf = (n: number): string => stage.user(n).id;

describe('reactions', () => {
  test('are chosen by name or by keyboard, show at the other with who, and are taken back', async () => {
    const { ada, bob } = await twoIn('reactions', ['It works!']);
    await ada.react('It works!', 'party popper');
    await bob.reaction('It works!', 'party popper').and(bob.person.page.locator('[aria-pressed=false]')).waitFor();
    await bob.reaction('It works!', 'party popper').hover();
    await bob.person.page.getByRole('tooltip', { name: `${nameOf(first)} reacted with party popper` }).waitFor();
    await bob.reaction('It works!', 'party popper').click();
    await ada
      .message('It works!')
      .getByRole('button', { name: `party popper, 2: You and ${nameOf(second)}` })
      .waitFor();
    await ada.reaction('It works!', 'party popper').click();
    await bob.message('It works!').getByRole('button', { name: 'party popper, 1: You' }).waitFor();

    await ada.person.composer().press('Shift+Tab');
    await ada.press('ArrowDown');
    await ada.press('+');
    // Waits for the focus first, as a user would.
    const isHere = ada.person.page.locator(':focus');
    await ada.picker().getByRole('textbox').and(isHere).waitFor();
    await ada.press('ArrowDown');
    await ada.picker().getByRole('button').and(isHere).waitFor();
    await ada.press('ArrowRight');
    await ada.press('Enter');
    await bob.reaction('It works!', 'red heart').waitFor();
  });
});

describe('polls', () => {
  test('are made in a form, voted in by two, changed, and taken back, live', async () => {
    const { ada, bob } = await twoIn('poll', ['hungry?']);
    await ada.type('/poll');
    await ada.press('Enter');
    const dialog = ada.person.page.getByRole('dialog', { name: 'New poll' });
    await dialog.getByRole('button', { name: 'Post the poll' }).click();
    await dialog.getByText('What do you want to ask?').waitFor();
    await dialog.getByLabel('Question').fill('Where to?');
    await dialog.getByLabel('Answer 1').fill('Pizza');
    await dialog.getByLabel('Answer 2').fill('Salad');
    await dialog.getByLabel('Closes').selectOption({ label: 'In an hour' });
    await dialog.getByRole('button', { name: 'Post the poll' }).click();
    await dialog.waitFor({ state: 'detached' });
    expect(await ada.person.composer().inputValue()).toBe('');

    await bob.option('Where to?', 'Pizza').click();
    await ada
      .poll('Where to?')
      .getByRole('button', { name: new RegExp(`^Pizza 1 vote, 100% voted for by ${nameOf(second)}`) })
      .waitFor();
    await ada.option('Where to?', 'Salad').click();
    await bob.poll('Where to?').getByText('2 people have voted').waitFor();
    await bob.option('Where to?', 'Salad').click();
    await ada
      .poll('Where to?')
      .getByRole('button', { name: /^Salad 2 votes, 100%/ })
      .waitFor();
    await ada
      .poll('Where to?')
      .getByText(/^Closes in (1 h|59:)/)
      .waitFor();
    await bob.poll('Where to?').getByRole('button', { name: 'Take my vote back' }).click();
    await ada.poll('Where to?').getByText('1 person has voted').waitFor();
  });

  test('by command stand there at once; several answers add up; a closed one takes no more', async () => {
    const { ada, bob, streamId } = await twoIn('quick-poll', ['quick']);
    await ada.person.write('/poll "Tea?" "Green" "Black"');
    await bob.option('Tea?', 'Green').click();
    await ada
      .poll('Tea?')
      .getByRole('button', { name: new RegExp(`^Green 1 vote, 100% voted for by ${nameOf(second)}`) })
      .waitFor();

    const events = stage.client(first).events(streamId);
    await events.post({ eventType: 'poll', question: 'Both?', options: ['Left', 'Right'], multiple: true });
    await bob.option('Both?', 'Left').click();
    await bob.option('Both?', 'Right').click();
    await ada
      .poll('Both?')
      .getByRole('button', { name: /^Right 1 vote, 100%/ })
      .waitFor();
    // Another one: the duration of the vote depends on the machine.
    const closesAt = new Date(Date.now() + 4_000).toISOString();
    await events.post({ eventType: 'poll', question: 'Soon?', options: ['Left', 'Right'], multiple: true, closesAt });
    await bob.poll('Soon?').getByText('Closed').waitFor();
    await bob.option('Soon?', 'Left').and(bob.person.page.locator('[aria-disabled=true]')).waitFor();
  });
});

describe('files', () => {
  test('a picture is attached, goes up, and shows in its place at the other, large on a click', async () => {
    const { ada, bob } = await twoIn('picture', ['look']);
    await ada.attach([picture]);
    await ada.files().getByText('streams.png').waitFor();
    // The preview comes from `blob:`, which the page's content security policy has to allow.
    const preview = await ada.files().locator('img').elementHandle();
    await ada.person.page.waitForFunction((one) => (one as HTMLImageElement | null)?.naturalWidth === 2400, preview);
    await ada.type('How it looks');
    await ada.press('Enter');
    const row = bob.message('How it looks');
    const image = row.getByRole('img', { name: 'streams.png' });
    await image.waitFor();
    await bob.person.page.waitForFunction((one) => (one as HTMLImageElement | null)?.naturalWidth === 2400, await image.elementHandle());
    const { width, height } = (await row.getByRole('button', { name: 'Show streams.png' }).boundingBox()) ?? { width: 0, height: 1 };
    expect(width / height).toBeCloseTo(2400 / 1440, 1);
    await row.getByRole('button', { name: 'Show streams.png' }).click();
    await bob.person.page.getByRole('dialog').getByRole('img', { name: 'streams.png' }).waitFor();
    await bob.press('Escape');
    await bob.person.page.getByRole('dialog').waitFor({ state: 'detached' });
    await ada.files().waitFor({ state: 'detached' });
  });

  test('several are dropped or pasted; what cannot be shared is said before anything is sent; a download has its name', async () => {
    const { ada, bob } = await twoIn('files', ['files']);
    const page: OwnFile = { name: 'page.html', mimeType: 'text/html', buffer: Buffer.from('<b>') };
    await ada.hand('drop', [csv, page]);
    await ada
      .files()
      .getByText(/type cannot be shared/)
      .waitFor();
    await ada.person.page.getByRole('button', { name: 'Remove page.html' }).click();
    await ada.hand('paste', [picture]);
    await ada.files().getByText('streams.png').waitFor();
    await ada.person.page.getByRole('button', { name: 'Send' }).click();
    await bob.person.log().getByRole('img', { name: 'streams.png' }).waitFor();
    const [download] = await Promise.all([
      bob.person.page.waitForEvent('download'),
      bob.person.log().getByRole('button', { name: 'Download figures.csv' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('figures.csv');
    await bob.person.log().getByText('8 bytes').waitFor();
  });

  test('an upload that the network breaks can be tried again', async () => {
    const { ada, bob } = await twoIn('broken', ['broken']);
    let broken = true;
    await ada.person.page.route(/figures|X-Amz-Signature/, (route) =>
      broken && route.request().method() === 'PUT' ? route.abort() : route.continue(),
    );
    await ada.attach([csv]);
    await ada
      .files()
      .getByRole('alert')
      .waitFor({ timeout: limit(30_000) });
    broken = false;
    await ada.files().getByRole('button', { name: 'Try figures.csv again' }).click();
    await ada.files().getByText('8 bytes').waitFor();
    await ada.press('Enter');
    await ada.person.page.getByRole('button', { name: 'Send' }).click();
    await bob.person.log().getByText('figures.csv').waitFor();
  });
});

describe('mentions', () => {
  test('are completed by keyboard, show as names, light up whom they mean, and lead to streams', async () => {
    const { ada, bob, name } = await twoIn('mentions', ['hello']);
    const slug = (await stage.client(first).streams.list({ q: name })).items[0]?.slug ?? '';
    await ada.type(`Ask @${idOf(second).slice(0, 3)}`);
    await ada
      .suggestions()
      .getByRole('option', { name: nameOf(second) })
      .waitFor();
    await ada.press('Tab');
    expect(await ada.person.composer().inputValue()).toBe(`Ask @${idOf(second)} `);
    await ada.type(`in #${slug}`);
    await ada
      .suggestions()
      .getByRole('option', { name: `#${slug}` })
      .click();
    await ada.type('please');
    await ada.press('Enter');
    const row = bob.person.log().getByRole('article').filter({ hasText: 'please' });
    await row.getByText(`@${nameOf(second)}`).waitFor();
    expect(await row.getAttribute('data-for-me')).toBe('true');
    await row.getByRole('link', { name: `#${slug}` }).waitFor();
    const own = ada.person.log().getByRole('article').filter({ hasText: 'please' });
    expect(await own.getAttribute('data-for-me')).toBe('false');
  });

  test('the list closes with Escape, and Enter then sends', async () => {
    const { ada, bob } = await twoIn('escape', ['hello']);
    await ada.type('mail me @');
    await ada.suggestions().waitFor();
    await ada.press('Escape');
    await ada.suggestions().waitFor({ state: 'detached' });
    await ada.press('Enter');
    await bob.person.sees('mail me @');
  });
});

describe('commands', () => {
  test('are offered with what they do, and say what is wrong in place', async () => {
    const { ada, bob } = await twoIn('commands', ['hello']);
    await ada.type('/to');
    await ada
      .suggestions()
      .getByRole('option', { name: /topic.*about/ })
      .waitFor();
    await ada.press('Enter');
    await ada.type('Lunch and deploys');
    await ada.press('Enter');
    await bob.notice(/set the topic to.*Lunch and deploys/).waitFor();

    await ada.person.write('/promote-incident Down');
    await ada.says(/Reply in thread/).waitFor();
    expect(await ada.person.composer().inputValue()).toBe('/promote-incident Down');
    await ada.person.write('/dance');
    await ada.says(/There is no command \/dance/).waitFor();
    await ada.person.write('/invite nobody');
    await ada.says(/write @ and pick/).waitFor();
    await ada.person.write(`/invite @${idOf(second)}`);
    await ada.says('They are members already').waitFor();
    await ada.person.write('//dance');
    await bob.person.sees('/dance');
  });

  test('turn a thread into an incident that the stream tells of', async () => {
    const { ada, bob } = await twoIn('promote', ['The checkout is down']);
    await ada.tool('The checkout is down', 'Reply in thread');
    await ada.person.panel().getByRole('textbox').fill('I see errors');
    await ada.press('Enter');
    await ada.person.panel().getByText('I see errors').waitFor();
    await bob
      .message('The checkout is down')
      .getByRole('button', { name: /1 reply/ })
      .waitFor({ timeout: limit(15_000) });
    const incident = newName('Outage');
    await ada.person.panel().getByRole('textbox').fill(`/promote-incident ${incident}`);
    await ada.press('Enter');
    await ada.person.title(incident).waitFor();
    await bob.notice(`turned a thread into the incident ${incident}`).getByRole('link', { name: incident }).click();
    await bob.person.title(incident).waitFor();
    await bob.person.sees('I see errors');
    await bob.notice('turned this thread into an incident').waitFor();
  });

  test('archive closes the composer for everyone, and it can be opened again', async () => {
    const { ada, bob } = await twoIn('archive', ['the end']);
    await ada.person.write('/archive');
    await bob.person.page.getByText('is archived: it can be read').waitFor();
    await bob.notice('archived this').waitFor();
    await ada.person.page.getByRole('button', { name: 'Bring it back' }).click();
    await bob.person.composer().waitFor();
    await bob.notice('brought this back').waitFor();
  });
});

describe('what others do', () => {
  test('typing is told while it lasts, and ends with the message', async () => {
    const { ada, bob } = await twoIn('typing', ['hello']);
    await ada.type('I think');
    await bob
      .typing()
      .getByText(`${nameOf(first)} is typing…`)
      .waitFor();
    expect(await ada.typing().textContent()).toBe('');
    await ada.press('Enter');
    await bob.person.sees('I think');
    await bob
      .typing()
      .getByText(/typing/)
      .waitFor({ state: 'detached' });
  });

  test('pins, edits with what was said before, shares from where one may not look, and what a product tells', async () => {
    const { ada, bob, streamId } = await twoIn('faces', ['first words']);
    await ada.menu('first words', 'Pin to this stream');
    await bob
      .message('first words')
      .getByText(`Pinned by ${nameOf(first)}`)
      .waitFor();
    await ada.person.act('first words', 'Edit message');
    await ada.person.page.getByRole('textbox', { name: 'Edit message' }).fill('better words');
    await ada.press('Enter');
    await bob.message('better words').getByRole('button', { name: '(edited)' }).click();
    const dialog = bob.person.page.getByRole('dialog', { name: 'What it said before' });
    await dialog.getByText('first words').waitFor();
    await bob.press('Escape');

    const client = stage.client(first);
    const secret = await client.streams.create({ streamType: 'channel', name: newName('secret'), visibility: 'private' });
    const said = await client.events(secret.id).post({ text: 'only for some' });
    await client.events(streamId).share({ eventId: said.id, context: 'Worth reading' });
    await bob.person.page.getByText('You cannot see the original.').waitFor();
    await ada.person.page.getByText('only for some').waitFor();
    await client.events(secret.id).delete(said.id);
    await ada.person.page.getByText('The original was deleted.').waitFor({ timeout: limit(15_000) });

    await client.events(streamId).post({ eventType: 'acme.deploy_finished', text: 'Deployed **web**', payload: { version: '2.14.0' } });
    const card = bob.person.log().getByRole('article').filter({ hasText: 'acme.deploy_finished' });
    await card.getByText('2.14.0').waitFor();
    expect(await card.locator('strong').textContent()).toBe('web');
  });
});

test('a thread shows above itself what it is about, whatever that is, and its poll can be voted in there', async () => {
  const { ada, bob, streamId } = await twoIn('root', ['roots']);
  const poll = await stage
    .client(first)
    .events(streamId)
    .post({ eventType: 'poll', question: 'Root?', options: ['Yes', 'No'] });
  await bob.poll('Root?').waitFor();
  await bob.person.page.goto(`/?p=s:${streamId}&t=${poll.id}`);
  await bob.person.panel().getByRole('button', { name: /^Yes / }).click();
  await ada
    .poll('Root?')
    .getByRole('button', { name: /^Yes 1 vote/ })
    .waitFor();
  await bob.person
    .panel()
    .getByRole('button', { name: /^Yes 1 vote/ })
    .waitFor();
});

describe('whoever cannot see or point', () => {
  test.each(['light', 'dark'] as const)('finds nothing in the way: %s', async (colorScheme) => {
    const name = newName('axe');
    const streamId = await seedStream(stage.app, name, [`Hello @${idOf(first)} and @${idOf(second)}, @here`]);
    const events = stage.client(second).events(streamId);
    const [root] = (await events.list()).items.filter(({ eventType }) => eventType === 'message');
    await events.react(root?.id ?? '', '👍');
    await events.pin(root?.id ?? '');
    const poll = await events.post({ eventType: 'poll', question: 'Tea?', options: ['Green', 'Black'] });
    await events.vote(poll.id, [poll.poll?.options[0]?.id ?? '']);
    await events.post({ eventType: 'acme.deploy_finished', text: 'Deployed', payload: { version: '1' } });
    await events.share({ eventId: root?.id ?? '', context: 'Again' });
    const ada = new ConversationPerson(await stage.signedIn(first, { colorScheme }));
    await ada.person.open(name);
    await ada.poll('Tea?').waitFor();
    await ada.type('/');
    await ada.suggestions().waitFor();
    await expectAccessible(ada);
    await ada.press('Escape');
    await ada.person.composer().fill('');
    await ada.person.page.getByRole('article').first().hover();
    await ada.person.page.getByRole('article').first().getByRole('button', { name: 'React', exact: true }).click();
    await ada.picker().waitFor();
    await expectAccessible(ada);
  });
});

async function expectAccessible({ person }: ConversationPerson): Promise<void> {
  const { violations } = await axeOf(person.page).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([]);
}
