import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { isDeepStrictEqual } from 'node:util';
import { limit } from '../support/slowness.ts';
import { seedStream } from './app.ts';
import type { Person } from './person.ts';
import { startSlowNetwork, type SlowNetwork } from './slow-network.ts';
import { openStage } from './stage.ts';

/** An old phone on a train: a sixth of the processor, 400 ms of round trip, and sometimes no reception. */
const slowdown = 6;
const roundTripMs = 400;
const stepMs = limit(30_000);

const stage = openStage();
jest.setTimeout(limit(240_000));
const [maya, jonas] = [0, 1];
let network: SlowNetwork;
beforeAll(async () => {
  network = await startSlowNetwork(roundTripMs / 2);
});
afterAll(() => network.stop());

async function arriveSlowly(): Promise<Person> {
  const person = await stage.arrive({ proxy: { server: network.server } });
  person.setPatience(stepMs);
  const session = await person.context.newCDPSession(person.page);
  await session.send('Emulation.setCPUThrottlingRate', { rate: slowdown });
  await person.page.reload();
  return person.signInAs(stage.user(jonas).name);
}

const inPanel = ({ panel }: Person, text: string) => panel().getByRole('article').filter({ hasText: text });
const line = ({ page }: Person, words: RegExp) => page.getByRole('navigation', { name: 'Streams' }).getByRole('link', { name: words });

/** Posts into the stream, also while a thread is open beside it. */
async function say({ page }: Person, stream: string, text: string): Promise<void> {
  await page.getByRole('textbox', { name: `Message to ${stream}` }).fill(text);
  await page.keyboard.press('Enter');
}

async function replyInPanel(person: Person, text: string): Promise<void> {
  await person.panel().getByRole('textbox').fill(text);
  await person.page.keyboard.press('Enter');
  await inPanel(person, text).filter({ hasNotText: 'Sending…' }).waitFor();
}

/** Streams and messages that the page shows. The age of a last reply is masked, because pages refresh it only once a minute. */
async function shown(person: Person) {
  const { page } = person;
  return {
    title: await page.title(),
    streams: await page.getByRole('navigation', { name: 'Streams' }).getByRole('link').allInnerTexts(),
    places: await page.getByRole('navigation', { name: 'Places' }).getByRole('link').allInnerTexts(),
    messages: (await page.getByRole('main').getByRole('article').allInnerTexts()).map((text) =>
      text.replace(/last reply (just now|\d minutes? ago)/, 'last reply lately'),
    ),
    replies: await person.panel().getByRole('article').allInnerTexts(),
    banner: await person.banner().innerText(),
  };
}

/** Waits until two pages show the same; a remaining difference fails the test. */
async function showSame(one: Person, other: Person): Promise<void> {
  for (const end = Date.now() + stepMs; Date.now() < end;) {
    if (isDeepStrictEqual(await shown(one), await shown(other))) return;
    await one.page.waitForFunction(() => new Promise((resolve) => requestAnimationFrame(() => resolve(true))));
  }
  expect(await shown(one)).toEqual(await shown(other));
}

test('a slow page far away loses its network and comes back live, showing what a fresh page shows', async () => {
  const [stream, elsewhere] = [stage.newName('train'), stage.newName('station')];
  await seedStream(stage.app, stream, ['all aboard', 'mind the gap']);
  const elsewhereId = await seedStream(stage.app, elsewhere, ['tickets please']);
  const [ada, bob] = await Promise.all([stage.signedIn(maya), arriveSlowly()]);
  await bob.open(elsewhere);
  await bob.sees('tickets please');
  await ada.open(stream);

  // Messages and badges.
  await say(ada, stream, 'we leave now');
  await line(bob, new RegExp(`${stream} unread$`)).waitFor();
  await say(ada, stream, `@${stage.user(jonas).id} are you in?`);
  await line(bob, new RegExp(`${stream} 1 mention$`)).waitFor();
  await bob.open(stream);
  await bob.sees('we leave now');
  await line(bob, new RegExp(`${stream}$`)).waitFor();
  await say(bob, stream, 'in the last car');
  await ada.sees('in the last car');

  // A thread.
  await ada.message('we leave now').hover();
  await ada.message('we leave now').getByRole('button', { name: 'Reply in thread' }).click();
  await replyInPanel(ada, 'on time');
  await bob
    .message('we leave now')
    .getByRole('button', { name: /1 reply/ })
    .click();
  await inPanel(bob, 'on time').waitFor();
  await replyInPanel(bob, 'for once');
  await inPanel(ada, 'for once').waitFor();

  // A tunnel: the page retries without success, and both users continue to write.
  network.lose();
  await bob.banner().getByText('Offline since').waitFor();
  await say(bob, stream, 'from the tunnel');
  await bob.message('from the tunnel').getByText('Sending…').waitFor();
  await say(ada, stream, 'can you hear me?');
  await ada.sees('can you hear me?');
  await replyInPanel(ada, 'apparently not');
  await stage
    .client(maya)
    .events(elsewhereId)
    .post({ text: `@${stage.user(jonas).id} next stop` });
  for (const end = Date.now() + stepMs; network.refused < 3;) {
    if (Date.now() > end) throw new Error(`the page did not try again: ${network.refused} times in ${stepMs} ms`);
    await bob.page.waitForFunction(() => new Promise((resolve) => requestAnimationFrame(() => resolve(true))));
  }
  network.restore();

  // Out again.
  await bob.sees('can you hear me?');
  await inPanel(bob, 'apparently not').waitFor();
  await ada.sees('from the tunnel');
  await line(bob, new RegExp(`${elsewhere} 1 mention$`)).waitFor();
  await bob.banner().getByText(/\S/).waitFor({ state: 'detached' });
  await say(ada, stream, 'there you are');
  await bob.sees('there you are');
  for (const person of [ada, bob]) expect(await person.message('from the tunnel').count()).toBe(1);

  const fresh = await stage.signedIn(jonas);
  await fresh.page.goto(bob.page.url());
  await inPanel(fresh, 'apparently not').waitFor();
  await fresh.sees('there you are');
  await showSame(bob, fresh);
});
