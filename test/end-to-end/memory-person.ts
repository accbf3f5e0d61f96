import type { Locator } from 'playwright-core';
import type { Person } from './person.ts';

/** Actions and views of a user around memory. */
export class MemoryPerson {
  readonly person: Person;

  constructor(person: Person) {
    this.person = person;
  }

  /** Divider above the messages at the start of a topic. */
  divider = (label: string | RegExp): Locator => this.person.log().getByRole('heading', { level: 3, name: label });
  /** Texts of all dividers, from the top. */
  dividers = (): Promise<string[]> => this.person.log().getByRole('heading', { level: 3 }).locator('bdi').allInnerTexts();
  /** Waits for a number of dividers. */
  async counts(wanted: number): Promise<void> {
    await this.person.page.waitForFunction((count) => document.querySelectorAll('[role=log] h3').length === count, wanted);
  }
  panel = (): Locator => this.person.page.getByRole('complementary', { name: 'Memory' });
  related = (label: string | RegExp): Locator =>
    this.panel().getByRole('list', { name: 'Related topics' }).getByRole('link', { name: label });
  topic = (label: string | RegExp): Locator =>
    this.panel()
      .getByRole('list', { name: /^Topics/ })
      .getByRole('link', { name: label });

  async open(tab: 'Related' | 'Timeline' = 'Related'): Promise<void> {
    await this.person.page.getByRole('button', { name: 'Memory', exact: true }).click();
    if (tab === 'Timeline') await this.panel().getByRole('button', { name: 'Timeline' }).click();
  }

  /** Picks an action from a topic's menu at its divider. */
  async correct(label: string | RegExp, item: string): Promise<void> {
    await this.person.log().getByRole('button', { name: label }).click();
    await this.person.page.getByRole('menuitem', { name: item }).click();
  }

  async undo(): Promise<void> {
    await this.person.notices().getByRole('button', { name: 'Undo' }).last().click();
  }
}
