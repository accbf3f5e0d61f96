import { afterAll, afterEach, beforeAll, expect, jest } from '@jest/globals';
import type { Browser, BrowserContextOptions } from 'playwright-core';
import { createStreambed } from '../../client/http/http.ts';
import type { WorkspaceClient } from '../../client/http/workspace-client.ts';
import { startApp, type DemoUser, type RunningApp } from './app.ts';
import { launchBrowser } from './browser.ts';
import { Person } from './person.ts';
import { limit } from '../support/slowness.ts';

/** One app and one browser for all tests of a file. Users leave after each test. */
export interface Stage {
  readonly app: RunningApp;
  user(n: number): DemoUser;
  /** A user's client, for preparing a test. */
  client(n: number): WorkspaceClient;
  arrive(options?: BrowserContextOptions): Promise<Person>;
  signedIn(n: number, options?: BrowserContextOptions): Promise<Person>;
  /** A unique name. */
  newName(word: string): string;
}

/** Registers setup and cleanup; call it once, at the top of a file. */
export function openStage(): Stage {
  // Long, because it has many steps with limits of their own.
  jest.setTimeout(limit(90_000));
  let app: RunningApp | undefined;
  let browser: Browser | undefined;
  let present: Person[] = [];
  let named = 0;

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

  const running = (): RunningApp => {
    if (!app) throw new Error('the app runs only inside of tests');
    return app;
  };
  const user = (n: number): DemoUser => {
    const found = running().users[n];
    if (!found) throw new Error(`there is no demo user ${n}`);
    return found;
  };
  const arrive = async (options: BrowserContextOptions = {}): Promise<Person> => {
    if (!browser) throw new Error('the browser runs only inside of tests');
    const person = await Person.arrive(browser, running().baseUrl, options);
    present.push(person);
    return person;
  };
  return {
    get app() {
      return running();
    },
    user,
    client: (n) => createStreambed({ baseUrl: running().baseUrl, token: user(n).token }).workspace(running().workspaceId),
    arrive,
    signedIn: async (n, options = {}) => (await arrive(options)).signInAs(user(n).name),
    newName: (word) => `${word}-${process.pid}-${++named}`,
  };
}
