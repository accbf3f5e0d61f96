import type { Locator } from 'playwright-core';
import type { Person } from './person.ts';

/** A file on a user's machine. */
export interface OwnFile {
  readonly name: string;
  readonly mimeType: string;
  readonly buffer: Buffer;
}

/** Actions and views of a user in a conversation, beyond reading and writing. */
export class ConversationPerson {
  readonly person: Person;

  constructor(person: Person) {
    this.person = person;
  }

  message = (text: string): Locator => this.person.message(text);
  /** Row of a system event. */
  notice = (text: string | RegExp): Locator => this.person.log().getByRole('note').filter({ hasText: text });
  suggestions = (): Locator => this.person.page.getByRole('listbox');
  /** Message below the composer. */
  says = (text: string | RegExp): Locator => this.person.page.locator('form').getByText(text);
  poll = (question: string): Locator => this.person.log().getByRole('region', { name: `Poll: ${question}` });
  option = (question: string, text: string): Locator => this.poll(question).getByRole('button', { name: new RegExp(`^${text} `) });
  reaction = (text: string, name: string): Locator => this.message(text).getByRole('button', { name: new RegExp(`^${name}, `) });
  typing = (): Locator => this.person.page.getByTestId('typing');
  picker = (): Locator => this.person.page.getByRole('dialog', { name: 'React' });
  files = (): Locator => this.person.page.getByRole('list', { name: 'Files to send' });

  /** Types key by key, as a user does. */
  async type(text: string): Promise<void> {
    await this.person.composer().focus();
    await this.person.page.keyboard.type(text);
  }

  async press(key: string): Promise<void> {
    await this.person.page.keyboard.press(key);
  }

  async tool(text: string, name: string): Promise<void> {
    await this.message(text).hover();
    await this.message(text).getByRole('button', { name, exact: true }).first().click();
  }

  async menu(text: string, item: string): Promise<void> {
    await this.tool(text, 'More');
    await this.person.page.getByRole('menuitem', { name: item }).click();
  }

  /** Searches the emoji picker by name and takes the first result. */
  async react(text: string, words: string): Promise<void> {
    await this.tool(text, 'React');
    await this.picker().getByRole('textbox').fill(words);
    await this.press('Enter');
    await this.picker().waitFor({ state: 'detached' });
  }

  attach = (files: readonly OwnFile[]): Promise<void> => this.person.page.getByLabel('Files', { exact: true }).setInputFiles([...files]);

  /** Drops files onto the messages, or pastes them. */
  async hand(kind: 'drop' | 'paste', files: readonly OwnFile[]): Promise<void> {
    const data = await this.person.page.evaluateHandle(
      (given) => {
        const transfer = new DataTransfer();
        for (const { name, mimeType, base64 } of given) {
          const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
          transfer.items.add(new File([bytes], name, { type: mimeType }));
        }
        return transfer;
      },
      files.map(({ name, mimeType, buffer }) => ({ name, mimeType, base64: buffer.toString('base64') })),
    );
    if (kind === 'paste') {
      await this.person
        .composer()
        .evaluate((field, transfer) => field.dispatchEvent(new ClipboardEvent('paste', { clipboardData: transfer, bubbles: true })), data);
      return;
    }
    for (const type of ['dragenter', 'dragover', 'drop']) await this.person.log().dispatchEvent(type, { dataTransfer: data });
  }
}
