import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { createStreambed } from '../../client/http/http.ts';
import { startLocal } from '../../local/run.ts';
import type { Local } from '../../local/run.ts';
import { serveKit } from '../../scripts/demo-kit/serve-kit.ts';
import { limit } from '../support/slowness.ts';
import { launchBrowser } from './browser.ts';

/** The page of docs/examples/kit, which speaks the nine surfaces alone, from an origin of its own. */
jest.setTimeout(limit(90_000));
let local: Local;
let browser: Browser;
let kit: Awaited<ReturnType<typeof serveKit>>;
beforeAll(async () => {
  kit = await serveKit(() => ({ baseUrl: local.baseUrl, cid: 'channel:kit', users: local.demo?.users ?? [] }), 0);
  [local, browser] = await Promise.all([
    startLocal({ port: 0, ephemeral: true, quiet: true, environment: { ORIGINS: kit.url } }),
    launchBrowser(),
  ]);
  const api = createStreambed({ baseUrl: local.baseUrl, token: local.demo?.users[0]?.token ?? '' }).workspace(
    local.demo?.workspaceId ?? '',
  );
  const stream = await api.streams.create({ streamType: 'channel', name: 'Kit' });
  await api.streams.invite(stream.id, { userIds: [local.demo?.users[1]?.id ?? ''] });
  await api.events(stream.id).post({ text: 'said before' });
}, limit(120_000));
afterAll(async () => {
  await browser?.close();
  await kit?.stop();
  await local?.stop();
});

const faults: string[] = [];
async function arrive(who: number): Promise<Page> {
  const page = await browser.newPage();
  page.setDefaultTimeout(limit(15_000));
  page.on('console', (message) => message.type() === 'error' && faults.push(message.text()));
  page.on('pageerror', (error) => faults.push(error.message));
  await page.goto(`${kit.url}/?who=${who}`);
  await page
    .getByText(', live')
    .waitFor()
    .catch(async (error: unknown) => {
      throw new Error(`${await page.innerText('body')} ${faults.join('; ')}`, { cause: error });
    });
  return page;
}
const says = (page: Page, text: string): Promise<void> =>
  page
    .getByRole('list', { name: 'Messages' })
    .getByText(text)
    .waitFor()
    .catch(async (error: unknown) => {
      throw new Error(`${await page.innerText('body')} ${faults.join('; ')}`, { cause: error });
    });

test('renders, sends and receives in two browsers without an error in the console', async () => {
  const [ada, bob] = [await arrive(0), await arrive(1)];
  for (const page of [ada, bob]) await says(page, 'said before');
  const field = ada.getByRole('textbox', { name: 'Message' });
  await field.fill('from one');
  await bob.getByText(/is typing/).waitFor();
  await field.press('Enter');
  await says(bob, 'from one');
  await bob.getByRole('textbox', { name: 'Message' }).fill('from the other');
  await bob.getByRole('textbox', { name: 'Message' }).press('Enter');
  await says(ada, 'from the other');
  await ada.getByRole('list', { name: 'Members' }).getByText('online').first().waitFor();
  await field.fill('a draft');
  await ada.waitForTimeout(1_500);
  await ada.reload();
  await ada.waitForFunction(() => document.querySelector('textarea')?.value === 'a draft');
  expect(faults).toEqual([]);
});
