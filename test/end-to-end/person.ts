import type { Browser, BrowserContext, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { limit } from '../support/slowness.ts';
import { waitPromptly } from './prompt-waits.ts';

/** Short enough to fail before the test does. */
const patienceMs = limit(10_000);

/** A user with a browser: actions and views in the words of the page. */
export class Person {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Errors inside the page. */
  readonly errors: string[] = [];

  constructor(context: BrowserContext, page: Page) {
    this.context = context;
    this.page = page;
    page.on('pageerror', (error) => this.errors.push(error.message));
  }

  /** Opens the sign-in page in a browser context of their own. */
  static async arrive(browser: Browser, baseUrl: string, options: BrowserContextOptions = {}): Promise<Person> {
    const usual: BrowserContextOptions = { viewport: { width: 1200, height: 760 }, locale: 'en-US', reducedMotion: 'reduce' };
    const context = await browser.newContext({ baseURL: baseUrl, ...usual, ...options });
    const person = new Person(context, await context.newPage());
    person.setPatience(patienceMs);
    await person.page.goto('/');
    return person;
  }

  /** Sets the timeout of all waits of this user. */
  setPatience(milliseconds: number): void {
    waitPromptly(this.context, milliseconds, this.page.locator('html'));
  }

  async signInAs(name: string): Promise<this> {
    await this.page.getByRole('button', { name, exact: true }).click();
    await this.page.getByRole('button', { name: `Account: ${name}` }).waitFor();
    return this;
  }

  /** Finds a stream in the list of all visible ones, joins it, and opens it. */
  async joinStream(name: string): Promise<void> {
    await this.page.getByRole('button', { name: 'Browse channels' }).click();
    const dialog = this.page.getByRole('dialog', { name: 'Browse channels' });
    await dialog.getByLabel('Find a stream').fill(name);
    await this.joinListed(name);
  }

  /** Joins a stream from its row in the open dialog, and opens it. */
  async joinListed(name: string): Promise<void> {
    const dialog = this.page.getByRole('dialog', { name: 'Browse channels' });
    // Until the server has answered, the list shows the unfiltered streams, including those that were joined long ago.
    const row = dialog.getByRole('listitem').filter({ has: this.page.getByRole('link', { name }) });
    await row.getByRole('button', { name: `Join ${name}` }).click();
    await row.getByText('Joined').waitFor();
    await row.getByRole('link', { name }).click();
    await this.title(name).waitFor();
  }

  async createStream(name: string, description = ''): Promise<void> {
    await this.page.getByRole('button', { name: 'New stream' }).click();
    const dialog = this.page.getByRole('dialog', { name: 'New stream' });
    await dialog.getByLabel(/^Name/).fill(name);
    await dialog.getByLabel('Description').fill(description);
    await dialog.getByRole('button', { name: 'Create stream' }).click();
    await this.title(name).waitFor();
  }

  async open(stream: string): Promise<void> {
    await this.streamLink(stream).click();
    await this.title(stream).waitFor();
  }

  /** Row of the sidebar; icons before the name and badges behind it are ignored. */
  streamLink = (name: string): Locator =>
    this.page.getByRole('navigation', { name: 'Streams' }).getByRole('link', { name: new RegExp(`(^| )${name}( |$)`) });
  place = (name: string): Locator => this.page.getByRole('navigation', { name: 'Places' }).getByRole('link', { name });
  panel = (): Locator => this.page.getByRole('complementary', { name: 'Thread' });
  dialog = (name: string | RegExp): Locator => this.page.getByRole('dialog', { name });
  notices = (): Locator => this.page.getByTestId('notices');
  title = (name: string): Locator => this.page.getByRole('heading', { level: 1, name: new RegExp(`(^| )${name}$`) });
  log = (): Locator => this.page.getByRole('log');
  composer = (): Locator => this.page.getByRole('textbox', { name: /^Message to/ });
  banner = (): Locator => this.page.getByTestId('connection');
  /** Message with exactly this text. */
  message = (text: string): Locator =>
    this.log()
      .getByRole('article')
      .filter({ has: this.page.getByText(text, { exact: true }) });

  async write(text: string): Promise<void> {
    await this.composer().fill(text);
    await this.composer().press('Enter');
  }

  /** Waits until the message is shown and no longer pending. */
  async sees(text: string): Promise<void> {
    await this.message(text).filter({ hasNotText: 'Sending…' }).waitFor();
  }

  /** Waits until the element has the focus. */
  async focused(locator: Locator): Promise<void> {
    const element = await locator.elementHandle();
    await this.page.waitForFunction((wanted) => document.activeElement === wanted, element);
  }

  /** Picks an action from the stream's menu. */
  async choose(item: string): Promise<void> {
    await this.page.getByRole('button', { name: 'More about this stream' }).last().click();
    await this.page.getByRole('menuitem', { name: item }).click();
  }

  async seesNot(text: string): Promise<void> {
    await this.page.getByText(text, { exact: true }).waitFor({ state: 'detached' });
  }

  async act(text: string, tool: 'Edit message' | 'Delete message'): Promise<void> {
    await this.message(text).hover();
    if (tool === 'Edit message') await this.message(text).getByRole('button', { name: tool }).click();
    else {
      await this.message(text).getByRole('button', { name: 'More' }).click();
      await this.page.getByRole('menuitem', { name: tool }).click();
    }
  }

  /** Scrolls the messages with the wheel. */
  async scroll(deltaY: number): Promise<void> {
    await this.log().hover();
    await this.page.mouse.wheel(0, deltaY);
  }

  leave = (): Promise<void> => this.context.close();
}
