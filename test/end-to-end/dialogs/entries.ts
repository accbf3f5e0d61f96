import type { Locator } from 'playwright-core';
import type { ConversationPerson } from '../conversation-person.ts';
import type { MemoryPerson } from '../memory-person.ts';
import type { Person } from '../person.ts';

/** A stream with everything that a dialog can be opened on, and a user in front of it. */
export interface Scene {
  readonly person: Person;
  readonly talk: ConversationPerson;
  readonly memory: MemoryPerson;
  /** The page is as narrow as a phone, where the list of streams is behind a button. */
  readonly isNarrow: boolean;
  readonly streamName: string;
  readonly otherStream: string;
  /** Text of a message that was edited and has a thread. */
  readonly text: string;
  readonly fileName: string;
  readonly topic: string;
}

export interface Opened {
  readonly dialog: Locator;
  /** The element that has the focus after the dialog closes. */
  readonly back: Locator;
}

export interface DialogEntry {
  readonly open: (scene: Scene) => Promise<Opened>;
  /** Presses Enter where a person would, and waits for what it does; undefined where it has no meaning. */
  readonly enter: ((scene: Scene, opened: Opened) => Promise<void>) | undefined;
  /** Returns to the stream from what the dialog stands on. */
  readonly leave?: (scene: Scene) => Promise<void>;
  readonly onlyNarrow?: boolean;
}

const button = ({ person }: Scene, name: string | RegExp): Locator =>
  person.page.getByRole('button', { name, exact: typeof name === 'string' });

async function toSidebar(scene: Scene): Promise<void> {
  if (scene.isNarrow) await button(scene, 'Show the streams').click();
}

/** Closes the list of streams, which stays open behind a dialog that was opened from it. */
async function fromSidebar({ person, isNarrow }: Scene): Promise<void> {
  if (!isNarrow) return;
  await person.page.keyboard.press('Escape');
  await person.dialog('Streams').waitFor({ state: 'detached' });
}

/** Scrolls an element into view, and waits until the list has stopped moving it: a click on what moves is none. */
async function broughtUp(locator: Locator): Promise<Locator> {
  await locator.waitFor();
  for (let [before, same] = ['', 0]; same < 3;) {
    await locator.scrollIntoViewIfNeeded();
    const now = JSON.stringify(await locator.boundingBox());
    same = now === before ? same + 1 : 0;
    before = now;
    await locator.page().evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
  }
  return locator;
}

const fromMenu =
  (item: string, name: string | RegExp): DialogEntry['open'] =>
  async (scene) => {
    await scene.person.choose(item);
    return { dialog: scene.person.dialog(name), back: button(scene, 'More about this stream').last() };
  };

async function pressEnter({ person }: Scene, { dialog }: Opened): Promise<void> {
  await person.page.keyboard.press('Enter');
  await dialog.waitFor({ state: 'detached' });
}

/** The way to open each dialog of the web app, by the file that holds it. */
export const dialogEntries: Readonly<Record<string, DialogEntry>> = {
  'app/shell.tsx': {
    onlyNarrow: true,
    open: async (scene) => {
      await toSidebar(scene);
      return { dialog: scene.person.dialog('Streams'), back: button(scene, 'Show the streams') };
    },
    enter: undefined,
  },
  'app/shortcuts-dialog.tsx': {
    open: async (scene) => {
      await toSidebar(scene);
      const account = button(scene, /^Account/);
      await account.click();
      await scene.person.page.getByRole('menuitem', { name: 'Keyboard shortcuts' }).click();
      return { dialog: scene.person.dialog('Keyboard shortcuts'), back: account };
    },
    enter: undefined,
    leave: fromSidebar,
  },
  'conversation/delete-dialog.tsx': {
    open: async ({ talk, text, person }) => {
      await broughtUp(talk.message(text));
      await talk.menu(text, 'Delete message');
      return { dialog: person.dialog('Delete this message?'), back: person.composer() };
    },
    enter: async (scene, opened) => {
      await pressEnter(scene, opened);
      await scene.person.sees(scene.text);
    },
  },
  'conversation/row/event-action-bar.tsx': {
    open: async ({ talk, text }) => {
      await broughtUp(talk.message(text));
      await talk.tool(text, 'React');
      return { dialog: talk.picker(), back: talk.message(text).getByRole('button', { name: 'React', exact: true }).first() };
    },
    enter: async (scene, opened) => {
      await scene.person.page.keyboard.type('party popper');
      await pressEnter(scene, opened);
      await scene.talk.reaction(scene.text, 'party popper').waitFor();
    },
  },
  'conversation/row/event-versions.tsx': {
    open: async ({ talk, text, person }) => {
      await broughtUp(talk.message(text));
      await talk.menu(text, 'Show what it said before');
      return { dialog: person.dialog('What it said before'), back: person.composer() };
    },
    enter: undefined,
  },
  'epochs/memory-panel.tsx': {
    onlyNarrow: true,
    open: async (scene) => {
      await button(scene, 'Memory').click();
      return { dialog: scene.person.dialog('Memory'), back: scene.person.composer() };
    },
    enter: undefined,
  },
  'epochs/rename-dialog.tsx': {
    open: async ({ memory, topic, person }) => {
      await broughtUp(memory.divider(`Topic: ${topic}`));
      await memory.correct(`More about the topic ${topic}`, 'Rename…');
      return { dialog: person.dialog('Rename this topic'), back: person.composer() };
    },
    enter: async (scene, opened) => {
      await opened.dialog.getByRole('textbox').fill('Another name');
      await pressEnter(scene, opened);
      await scene.memory.divider('Topic: Another name').waitFor();
    },
  },
  'files/file-lightbox.tsx': {
    open: async ({ person, fileName }) => {
      const picture = person.log().getByRole('button', { name: `Show ${fileName}` });
      await (await broughtUp(picture)).click();
      return { dialog: person.dialog(fileName), back: picture };
    },
    enter: undefined,
  },
  'notifications/notifications-dialog.tsx': {
    open: async (scene) => {
      await toSidebar(scene);
      const account = button(scene, /^Account/);
      await account.click();
      await scene.person.page.getByRole('menuitem', { name: 'Notifications' }).click();
      const dialog = scene.person.dialog('Notifications');
      // The longest form: with the fields of quiet hours.
      await dialog.getByRole('checkbox', { name: 'Quiet hours' }).check();
      await dialog.getByLabel('From').focus();
      return { dialog, back: account };
    },
    enter: pressEnter,
    leave: fromSidebar,
  },
  'polls/poll-dialog.tsx': {
    open: async (scene) => {
      await button(scene, 'Add a file or a poll').click();
      await scene.person.page.getByRole('menuitem', { name: 'New poll' }).click();
      return { dialog: scene.person.dialog('New poll'), back: scene.person.composer() };
    },
    enter: async (scene, opened) => {
      await opened.dialog.getByLabel('Question').fill('Tea?');
      await opened.dialog.getByLabel('Answer 1').fill('Green');
      await opened.dialog.getByLabel('Answer 2').fill('Black');
      await pressEnter(scene, opened);
      await scene.talk.poll('Tea?').waitFor();
    },
  },
  'sidebar/jump-dialog.tsx': {
    open: async ({ person }) => {
      await person.composer().focus();
      await person.page.keyboard.press('Control+k');
      await person.dialog('Jump to a stream').getByRole('option').first().waitFor();
      return { dialog: person.dialog('Jump to a stream'), back: person.composer() };
    },
    enter: async (scene, opened) => {
      await scene.person.page.keyboard.type(scene.streamName);
      await opened.dialog.getByRole('option', { name: scene.streamName }).first().waitFor();
      await pressEnter(scene, opened);
      await scene.person.title(scene.streamName).waitFor();
    },
  },
  'sidebar/sidebar-browse-dialog.tsx': {
    open: async (scene) => {
      await toSidebar(scene);
      await button(scene, 'Browse channels').click();
      const dialog = scene.person.dialog('Browse channels');
      await dialog.getByRole('listitem').first().waitFor();
      return { dialog, back: button(scene, 'Browse channels') };
    },
    enter: undefined,
    leave: fromSidebar,
  },
  'stream/create-stream-dialog.tsx': {
    open: async (scene) => {
      await toSidebar(scene);
      await button(scene, 'New stream').click();
      const dialog = scene.person.dialog('New stream');
      // The longest form: an incident, with a long description.
      await dialog.getByText('Incident', { exact: true }).click();
      await dialog.getByLabel('Description').fill('Nothing works.\n'.repeat(8));
      await dialog.getByLabel(/^Name/).focus();
      return { dialog, back: button(scene, 'New stream') };
    },
    enter: async (scene, opened) => {
      // Another name in each run: it may be taken in an app that stays.
      const name = `Made by Enter ${scene.streamName.slice(0, 20)}`;
      await opened.dialog.getByLabel(/^Name/).fill(name);
      await pressEnter(scene, opened);
      await scene.person.title(name).waitFor();
      await scene.person.page.goBack();
      await scene.person.title(scene.streamName).waitFor();
    },
    leave: fromSidebar,
  },
  'stream/invite-dialog.tsx': {
    open: fromMenu('Add people…', /^Add people/),
    enter: async ({ person }, { dialog }) => {
      await dialog.getByRole('option').first().waitFor();
      await person.page.keyboard.press('Enter');
      await dialog.getByRole('button', { name: /^Take .* out$/ }).waitFor();
    },
  },
  'stream/members-dialog.tsx': {
    open: async (scene) => {
      const members = button(scene, /^Members/);
      await members.click();
      const dialog = scene.person.dialog(/^Members of/);
      await dialog.getByRole('listitem').nth(1).waitFor();
      return { dialog, back: members };
    },
    enter: undefined,
  },
  'stream/share-dialog.tsx': {
    open: async ({ talk, text, person }) => {
      await broughtUp(talk.message(text));
      await talk.tool(text, 'Share');
      const dialog = person.dialog('Share this message');
      await dialog.getByRole('option').first().waitFor();
      return { dialog, back: talk.message(text).getByRole('button', { name: 'Share', exact: true }).first() };
    },
    enter: async ({ person, otherStream }, { dialog }) => {
      await person.page.keyboard.type(otherStream);
      await dialog.getByRole('option', { name: otherStream }).first().waitFor();
      await person.page.keyboard.press('Enter');
      // The focus goes on to the comment.
      await person.focused(dialog.getByLabel('Why you share it'));
      await dialog.getByRole('button', { name: `Share to ${otherStream}` }).waitFor();
    },
  },
  'stream/stream-header-pins.tsx': {
    open: async (scene) => {
      const opened = await fromMenu('Pinned messages', 'Pinned')(scene);
      await opened.dialog.getByRole('listitem').first().waitFor();
      return opened;
    },
    enter: undefined,
  },
  'stream/stream-header-settings.tsx': {
    open: fromMenu('Settings…', 'Settings'),
    enter: pressEnter,
  },
  'stream/promote-dialog.tsx': {
    open: async (scene) => {
      await broughtUp(scene.talk.message(scene.text));
      await scene.talk.tool(scene.text, 'Reply in thread');
      await scene.person.panel().getByRole('textbox').waitFor();
      return fromMenu('Promote…', 'Promote this thread')(scene);
    },
    enter: async (scene, opened) => {
      const name = `Promoted by Enter ${scene.streamName.slice(0, 20)}`;
      await opened.dialog.getByLabel(/^Name/).fill(name);
      await pressEnter(scene, opened);
      await scene.person.title(name).waitFor();
    },
    leave: async ({ person }) => {
      const panel = person.panel();
      await panel.getByRole('button', { name: /^(Close the thread|Close thread|Back)/ }).click();
      await panel.waitFor({ state: 'detached' });
    },
  },
};
