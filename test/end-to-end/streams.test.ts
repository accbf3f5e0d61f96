import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { Browser, BrowserContextOptions } from 'playwright-core';
import { createStreambed } from '../../client/http/http.ts';
import { errorKinds, problemType } from '../../contract/errors.ts';
import { seriousFaults } from './axe.ts';
import { seedStream, startApp, type DemoUser, type RunningApp } from './app.ts';
import { launchBrowser } from './browser.ts';
import { Person } from './person.ts';
import { limit } from '../support/slowness.ts';

// Long, because it has many steps with limits of their own.
jest.setTimeout(limit(90_000));

let app: RunningApp;
let browser: Browser;
let present: Person[] = [];
let named = 0;

const newName = (word: string): string => `${word}-${process.pid}-${++named}`;
const lines = (count: number): string[] => Array.from({ length: count }, (_, i) => `line ${i + 1}`);

beforeAll(async () => {
  [app, browser] = await Promise.all([startApp(), launchBrowser()]);
}, limit(120_000));

afterAll(async () => {
  await browser?.close();
  await app?.stop();
});

afterEach(async () => {
  const errors = present.flatMap((person) => person.errors);
  await Promise.all(present.map((person) => person.leave()));
  present = [];
  expect(errors).toEqual([]);
});

function demoUser(n: 0 | 1 | 2): DemoUser {
  const user = app.users[n];
  if (!user) throw new Error(`there is no demo user ${n}`);
  return user;
}

async function arrive(options: BrowserContextOptions = {}): Promise<Person> {
  const person = await Person.arrive(browser, app.baseUrl, options);
  present.push(person);
  return person;
}

const signedIn = async (n: 0 | 1 | 2, options: BrowserContextOptions = {}): Promise<Person> =>
  (await arrive(options)).signInAs(demoUser(n).name);

const two = (): Promise<[Person, Person]> => Promise.all([signedIn(0), signedIn(1)]);

async function twoIn(stream: string): Promise<[Person, Person]> {
  const people = await two();
  await Promise.all(people.map((person) => person.open(stream)));
  return people;
}

describe('two people', () => {
  test('a new stream and what is said, changed and taken back in it shows at once at the other', async () => {
    const [ada, bob] = await two();
    const stream = newName('shared');
    await ada.createStream(stream, 'For the two of us');
    await ada.focused(ada.composer());
    await bob.joinStream(stream);
    await bob.page.getByText('For the two of us').first().waitFor();

    await ada.write('Good morning, **Bob**');
    await bob.sees('Bob');
    await bob.write('Hello there');
    await ada.sees('Hello there');

    await bob.act('Hello there', 'Edit message');
    await bob.page.getByRole('textbox', { name: 'Edit message' }).fill('Hello, Ada');
    await bob.page.keyboard.press('Enter');
    await ada.sees('Hello, Ada');
    await ada.message('Hello, Ada').getByText('(edited)').waitFor();

    await bob.act('Hello, Ada', 'Delete message');
    await bob.page.getByRole('dialog').getByText('cannot be brought back').waitFor();
    await bob.page.getByRole('button', { name: 'Delete message' }).last().click();
    await ada.page.getByText('This message was deleted.').waitFor();
    await ada.seesNot('Hello, Ada');
  });

  test('while a list waits for its answer it shows each stream of before once, and one is joined from its own row', async () => {
    const stream = newName('waiting');
    await createStreambed({ baseUrl: app.baseUrl, token: demoUser(0).token })
      .workspace(app.workspaceId)
      .streams.create({ streamType: 'channel', name: stream });
    const bob = await signedIn(1);
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    await bob.page.route(/\/streams\?.*q=/, async (route) => {
      await held;
      await route.continue();
    });
    await bob.page.getByRole('button', { name: 'Browse channels' }).click();
    const dialog = bob.dialog('Browse channels');
    await dialog.getByRole('button', { name: `Join ${stream}` }).waitFor();
    await dialog.getByLabel('Find a stream').fill(stream);
    await dialog.getByRole('list', { name: 'Streams to look into' }).and(bob.page.locator('[aria-busy=true]')).waitFor();
    expect(await dialog.getByText('Joined').count()).toBeGreaterThan(1);
    const addresses = await dialog
      .getByRole('listitem')
      .getByRole('link')
      .evaluateAll((links) => links.map((link) => link.getAttribute('href')));
    expect(new Set(addresses).size).toBe(addresses.length);
    await bob.joinListed(stream);
    release();
  });

  test('only one’s own messages can be changed; who keeps the stream may take others’ back', async () => {
    const stream = newName('own');
    await seedStream(app, stream, ['of the keeper', 'of another', 'of a member']);
    const [keeper, member] = await Promise.all([signedIn(0), signedIn(2)]);
    await Promise.all([keeper.open(stream), member.open(stream)]);
    const offered = async (person: Person, text: string): Promise<string[]> => {
      await person.message(text).hover();
      const edit = await person.message(text).getByRole('button', { name: 'Edit message' }).count();
      await person.message(text).getByRole('button', { name: 'More' }).click();
      await person.page.getByRole('menuitem', { name: 'Copy text' }).waitFor();
      const remove = await person.page.getByRole('menuitem', { name: 'Delete message' }).count();
      await person.page.keyboard.press('Escape');
      await person.page.getByRole('menu').waitFor({ state: 'detached' });
      return [...(edit > 0 ? ['edit'] : []), ...(remove > 0 ? ['delete'] : [])];
    };
    expect(await offered(member, 'of a member')).toEqual(['edit', 'delete']);
    expect(await offered(member, 'of another')).toEqual([]);
    expect(await offered(keeper, 'of another')).toEqual(['delete']);
  });

  test('who was offline is told so, and has everything once on coming back', async () => {
    const stream = newName('offline');
    await seedStream(app, stream, ['before']);
    const [ada, bob] = await twoIn(stream);
    await bob.sees('before');
    await bob.context.setOffline(true);
    await bob.banner().getByText('Offline since').waitFor();
    await ada.write('while you were away');
    await ada.sees('while you were away');
    await bob.write('from the tunnel');
    await bob.message('from the tunnel').getByText('Sending…').waitFor();

    await bob.context.setOffline(false);
    await bob.sees('while you were away');
    await bob.sees('from the tunnel');
    await ada.sees('from the tunnel');
    await bob.banner().getByText('Offline since').waitFor({ state: 'detached' });
    for (const person of [ada, bob]) {
      expect(await person.message('from the tunnel').count()).toBe(1);
      expect(await person.message('while you were away').count()).toBe(1);
    }
  });

  test('whoever has scrolled up is not pulled away, and is told how much is new', async () => {
    const stream = newName('scrolled');
    await seedStream(app, stream, lines(60));
    const [ada, bob] = await twoIn(stream);
    await bob.sees('line 60');
    await bob.scroll(-700);
    await bob.page.getByRole('button', { name: 'Newest messages' }).waitFor();
    const before = await bob.log().evaluate((log) => log.scrollTop);
    for (const text of ['one', 'two', 'three']) await ada.write(text);
    await bob.page.getByRole('button', { name: '3 new messages' }).waitFor();
    expect(await bob.log().evaluate((log) => log.scrollTop)).toBe(before);
    expect(await bob.page.title()).toContain('(3)');

    await bob.page.getByRole('button', { name: '3 new messages' }).click();
    await bob.sees('three');
    await bob.page.getByText('New', { exact: true }).waitFor();
    await bob.page.getByRole('button', { name: /new messages|Newest/ }).waitFor({ state: 'detached' });
    await ada.write('four');
    await bob.sees('four');
  });
});

describe('history', () => {
  test('loads upwards to the beginning, and what one reads stays where it is', async () => {
    const stream = newName('history');
    await seedStream(app, stream, lines(130));
    const ada = await signedIn(0);
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    await ada.page.route(/\/events\?.*before=/, async (route) => {
      await held;
      await route.continue();
    });
    await ada.open(stream);
    await ada.sees('line 130');
    await ada.scroll(-10_000);
    await ada.page.getByText('Loading earlier messages…').waitFor();
    const anchor = ada.message('line 82');
    await anchor.waitFor();
    const top = async (): Promise<number> => Math.round((await anchor.boundingBox())?.y ?? -1);
    const before = await top();
    release();
    await ada.page.waitForResponse(/before=/);
    await ada.message('line 80').waitFor({ state: 'attached' });
    // Rows are measured in the frame after they are drawn; the "Loading" row is gone by then.
    for (let frame = 0; frame < 2; frame++) {
      await ada.page.waitForFunction(() => new Promise((resolve) => requestAnimationFrame(() => resolve(true))));
    }
    expect(Math.abs((await top()) - before)).toBeLessThanOrEqual(2);

    const beginning = ada.page.getByText(`This is where ${stream} began`);
    for (let i = 0; i < 20 && !(await beginning.isVisible()); i++) {
      await ada.scroll(-3000);
      await ada.page.waitForFunction(() => new Promise((resolve) => requestAnimationFrame(() => resolve(true))));
    }
    await beginning.waitFor();
    await ada.sees('line 1');
  });
});

describe('a message that cannot be sent', () => {
  test('says why, and can be sent again or discarded', async () => {
    const stream = newName('failing');
    await seedStream(app, stream, ['before']);
    const [ada, bob] = await twoIn(stream);
    const problem = { ...errorKinds.forbidden, type: problemType('forbidden'), code: 'forbidden', requestId: 'req_test' };
    const refuse = /\/events$/;
    await ada.page.route(refuse, (route) =>
      route.fulfill({ status: 403, contentType: 'application/problem+json', body: JSON.stringify(problem) }),
    );
    await ada.write('first try');
    await ada.message('first try').getByText('Not sent. Your role does not allow this.').waitFor();
    await ada.write('never mind');
    await ada.message('never mind').getByRole('button', { name: 'Discard' }).click();
    await ada.seesNot('never mind');

    await ada.page.unroute(refuse);
    await ada.message('first try').getByRole('button', { name: 'Retry' }).click();
    await bob.sees('first try');
    await ada.message('first try').getByText('Not sent').waitFor({ state: 'detached' });
    expect(await bob.message('first try').count()).toBe(1);
    expect(await bob.message('never mind').count()).toBe(0);
  });
});

describe('the keyboard alone', () => {
  test('finds a stream, writes, edits and deletes', async () => {
    const stream = newName('keys');
    await seedStream(app, stream, ['hello']);
    const ada = await signedIn(0);
    const { keyboard } = ada.page;
    const onMessage = (text: string) =>
      ada.page.waitForFunction(
        (words) => document.activeElement?.matches('article') && document.activeElement.textContent.includes(words),
        text,
      );
    await ada.streamLink(stream).waitFor();
    await keyboard.press('Control+k');
    await ada.page.getByRole('combobox', { name: 'Jump to a stream' }).waitFor();
    await keyboard.type(stream);
    await ada.page.getByRole('option', { name: stream, selected: true }).waitFor();
    await keyboard.press('Enter');
    await ada.title(stream).waitFor();
    await ada.sees('hello');

    await ada.focused(ada.composer());
    await keyboard.type('first line');
    await keyboard.press('Shift+Enter');
    await keyboard.type('second line');
    await keyboard.press('Enter');
    await ada.log().getByText('second line').waitFor();
    await ada.page.getByText('Sending…').waitFor({ state: 'detached' });

    await keyboard.press('ArrowUp');
    await ada.page.getByRole('textbox', { name: 'Edit message' }).waitFor();
    await keyboard.press('Control+A');
    await keyboard.type('changed by keys');
    await keyboard.press('Enter');
    await ada.sees('changed by keys');

    await ada.focused(ada.composer());
    await keyboard.press('Shift+Tab');
    await ada.page.waitForFunction(() => document.activeElement?.closest('[role=log]'));
    await keyboard.press('ArrowUp');
    await onMessage('hello');
    await keyboard.press('ArrowDown');
    await onMessage('changed by keys');
    await keyboard.press('Delete');
    await ada.page.getByRole('dialog', { name: 'Delete this message?' }).waitFor();
    await ada.page.waitForFunction(() => document.activeElement?.textContent === 'Keep it');
    await keyboard.press('Tab');
    await keyboard.press('Enter');
    await ada.page.getByText('This message was deleted.').waitFor();
  });

  test('the first stop is the way past the list', async () => {
    const ada = await signedIn(0);
    await ada.page.reload();
    await ada.page.getByRole('heading', { name: 'Pick a stream' }).waitFor();
    await ada.page.keyboard.press('Tab');
    expect(await ada.page.evaluate(() => document.activeElement?.textContent)).toBe('Skip to the stream');
    await ada.page.keyboard.press('Enter');
    expect(await ada.page.evaluate(() => document.activeElement?.id)).toBe('content');
  });
});

describe('a phone', () => {
  test('shows the list, then the stream, and the list again in a drawer', async () => {
    const [first, second] = [newName('phone'), newName('phone')];
    await seedStream(app, first, ['small talk']);
    await seedStream(app, second, ['big talk']);
    const ada = await signedIn(0, { viewport: { width: 390, height: 780 }, hasTouch: true, isMobile: true });
    await ada.open(first);
    await ada.sees('small talk');
    await ada.composer().fill('sent with a thumb');
    await ada.page.getByRole('button', { name: 'Send' }).tap();
    await ada.sees('sent with a thumb');
    await ada.message('sent with a thumb').tap();
    await ada.message('sent with a thumb').getByRole('button', { name: 'Edit message' }).tap();
    await ada.page.getByRole('button', { name: 'Cancel' }).tap();

    await ada.page.getByRole('button', { name: 'Show the streams' }).tap();
    await ada.open(second);
    await ada.sees('big talk');
    const overflow = await ada.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect(overflow).toBe(0);
  });
});

describe('what is typed', () => {
  test('is kept per stream, over a reload', async () => {
    const [first, second] = [newName('draft'), newName('draft')];
    await seedStream(app, first, ['a']);
    await seedStream(app, second, ['b']);
    const ada = await signedIn(0);
    await ada.open(first);
    await ada.composer().fill('half a thought');
    await ada.open(second);
    await ada.page.getByRole('link', { name: `${first} Draft` }).waitFor();
    expect(await ada.composer().inputValue()).toBe('');
    await ada.page.goBack();
    await ada.title(first).waitFor();
    await ada.page.reload();
    await ada.sees('a');
    expect(await ada.composer().inputValue()).toBe('half a thought');
  });

  test('over the limit is said before it is sent', async () => {
    const stream = newName('long');
    await seedStream(app, stream, []);
    const ada = await signedIn(0);
    await ada.open(stream);
    await ada.page.getByText(`Nothing has been said in ${stream} yet`).waitFor();
    await ada.composer().fill('a'.repeat(14_000));
    await ada.page.getByText('13.7 of 16 KB').waitFor();
    await ada.composer().fill('€'.repeat(6_000));
    await ada.page.getByText('1,616 bytes over the limit').waitFor();
    expect(await ada.page.getByRole('button', { name: 'Send' }).isDisabled()).toBe(true);
  });

  test('is markdown, and nothing in it runs or loads by itself', async () => {
    const stream = newName('markdown');
    const asked: string[] = [];
    const text = [
      '<img src="https://evil.example/a.png" onerror="document.title=\'run\'"> <script>document.title="run"</script>',
      '[a link](https://example.com/) [bad](javascript:alert(1)) ![picture](https://images.example/p.png)',
      '```\nconst x: Array<string> = [];\n```',
    ].join('\n\n');
    await seedStream(app, stream, [text]);
    const ada = await signedIn(0);
    ada.page.on('request', (request) => asked.push(request.url()));
    await ada.open(stream);
    await ada.log().getByText('const x: Array<string> = [];').waitFor();
    const link = ada.log().getByRole('link', { name: 'a link' });
    expect([await link.getAttribute('target'), await link.getAttribute('rel')]).toEqual(['_blank', 'noopener noreferrer nofollow']);
    expect(await ada.log().locator('script, img, [onerror], a[href^="javascript"]').count()).toBe(0);
    await ada.page.getByRole('button', { name: 'Show image “picture” from images.example' }).waitFor();
    expect(asked.filter((url) => !url.startsWith(app.baseUrl))).toEqual([]);
    expect(await ada.page.title()).not.toContain('run');
  });
});

describe('signing in', () => {
  const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const tokenUntil = (expiresAt: number): string =>
    [{ alg: 'HS256' }, { ws: app.workspaceId, sub: demoUser(0).id, exp: Math.floor(expiresAt / 1000) }].map(encode).join('.') + '.c2ln';

  test('with a token works, and each way in which it cannot is explained', async () => {
    const ada = await arrive();
    const enter = async (token: string): Promise<void> => {
      await ada.page.getByLabel('Token', { exact: true }).fill(token);
      await ada.page.getByRole('button', { name: 'Sign in with a token' }).click();
    };
    await enter('open sesame');
    await ada.page.getByText('This holds spaces').waitFor();
    await enter('eyJ.eyJ');
    await ada.page.getByText('2 parts where a token has three').waitFor();
    await enter(tokenUntil(Date.now() - 7_200_000));
    await ada.page.getByText('This token expired 2 hours ago').waitFor();
    await enter(tokenUntil(Date.now() + 7_200_000));
    await ada.page.getByText('The server refused your token').waitFor();
    await enter(` Bearer ${demoUser(0).token}\n`);
    await ada.page.getByRole('button', { name: `Account: ${demoUser(0).name}` }).waitFor();
  });

  test('lasts over a reload, ends in every tab at once, and comes back to the same stream', async () => {
    const stream = newName('return');
    await seedStream(app, stream, ['still here']);
    const ada = await signedIn(0);
    await ada.open(stream);
    await ada.page.reload();
    await ada.sees('still here');
    const other = await ada.context.newPage();
    await other.goto('/');
    await other.getByRole('button', { name: /^Account/ }).click();
    await other.getByRole('menuitem', { name: 'Sign out', exact: true }).click();
    await other.getByRole('heading', { name: 'Streambed' }).waitFor();
    await ada.signInAs(demoUser(0).name);
    await ada.sees('still here');
  });

  test('is asked for again when the token has run out', async () => {
    const ada = await arrive();
    const kept = { token: tokenUntil(Date.now() - 60_000), userName: 'Ada', workspaceName: 'Demo' };
    await ada.page.evaluate((session) => localStorage.setItem('streambed:session', JSON.stringify(session)), kept);
    await ada.page.reload();
    await ada.page.getByText('This token expired 1 minute ago').waitFor();
  });

  test('is asked for again when the token runs out meanwhile, and what was typed is kept', async () => {
    const stream = newName('expiry');
    await seedStream(app, stream, ['hello']);
    const ada = await arrive();
    await ada.page.clock.install();
    await ada.page.reload();
    await ada.signInAs(demoUser(0).name);
    await ada.open(stream);
    await ada.composer().fill('half a thought');
    await ada.page.clock.fastForward(31 * 86_400_000);
    await ada.banner().getByText('Your token has expired').waitFor();
    await ada.page.clock.setSystemTime(Date.now());
    await ada.page.getByRole('button', { name: 'Sign in again' }).click();
    await ada.signInAs(demoUser(0).name);
    await ada.sees('hello');
    expect(await ada.composer().inputValue()).toBe('half a thought');
  });
});

test('an address that leads nowhere says so', async () => {
  const ada = await signedIn(0);
  await ada.page.goto('/?p=s:str_00000000000000000000000000');
  await ada.page.getByText('It does not exist, or it is private').waitFor();
  await ada.page.goto('/?p=nonsense');
  await ada.page.getByRole('heading', { name: 'This address leads nowhere' }).waitFor();
});

test('creating a stream tells at the field what is wrong with it', async () => {
  const ada = await signedIn(0);
  await ada.page.getByRole('button', { name: 'New stream' }).click();
  const dialog = ada.page.getByRole('dialog', { name: 'New stream' });
  await dialog.getByRole('button', { name: 'Create stream' }).click();
  await dialog.getByText('Must not be empty').waitFor();
  expect(await dialog.getByLabel('Name').getAttribute('aria-invalid')).toBe('true');
});

describe('axe finds nothing serious, by day and by night', () => {
  const look = async ({ page }: Person): Promise<void> => expect(await seriousFaults(page)).toEqual([]);

  test('at the door', async () => {
    const ada = await arrive();
    await ada.page.getByRole('button', { name: 'Sign in with a token' }).click();
    await ada.page.getByText('Paste a token first').waitFor();
    await look(ada);
  });

  test('in a stream, in an edit, in the dialogs', async () => {
    const stream = newName('axe');
    const rich = '# Title\n\n- [x] done\n\n> quote with `code` and [link](https://example.com)\n\n|a|b|\n|-|-|\n|1|2|\n\n```\ncode\n```';
    await seedStream(app, stream, ['mine', rich]);
    const ada = await signedIn(0);
    await look(ada);
    await ada.open(stream);
    await ada.write('delete me');
    await ada.sees('delete me');
    await ada.act('delete me', 'Delete message');
    await ada.page.getByRole('dialog').waitFor();
    await look(ada);
    await ada.page.getByRole('button', { name: 'Delete message' }).last().click();
    await ada.page.getByText('This message was deleted.').waitFor();
    await ada.act('mine', 'Edit message');
    await look(ada);
    await ada.page.keyboard.press('Escape');
    await ada.page.keyboard.press('Control+k');
    await ada.page.getByRole('combobox').waitFor();
    await look(ada);
    await ada.page.keyboard.press('Escape');
    await ada.page.getByRole('button', { name: 'New stream' }).click();
    await ada.page.getByRole('dialog', { name: 'New stream' }).waitFor();
    await look(ada);
  });
});
