import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { FollowUp, SharesNudge } from '../../../contract/messages/follow-up.ts';
import type { FanOutMessage } from '../../../contract/messages/fan-out.ts';
import { ClientEventId } from '../../../contract/ids.ts';
import type { Stream } from '../../../contract/stream.ts';
import type { UserCaller } from '../../../functions/platform/authenticate.ts';
import { createNudges } from '../../../functions/realtime/nudges.ts';
import { deleteEvent } from '../../../functions/streams/events/delete-event.ts';
import { editEvent } from '../../../functions/streams/events/edit-event.ts';
import { postEvent } from '../../../functions/streams/events/post-event.ts';
import { shareEvent } from '../../../functions/streams/events/share-event.ts';
import { refreshShares, sharesPerNudge } from '../../../functions/streams/follow-up/refresh-shares.ts';
import { aChannel, aMember, aWorkspace, createTestApp } from '../../support/app.ts';
import type { TestApp } from '../../support/app.ts';

let app: TestApp;
let ada: UserCaller;
let stream: Stream;
let original: string;
let shares: string[];

beforeAll(async () => {
  app = await createTestApp();
  const { workspaceId } = await aWorkspace(app);
  ada = await aMember(app, workspaceId, 'ada');
});
afterAll(() => app.test.drop());
beforeEach(async () => {
  stream = await aChannel(app, ada, `Shared ${crypto.randomUUID()}`);
  original = (await postEvent(app, ada, { streamId: stream.id, text: 'one', mentions: [], clientEventId: key() })).event.id;
  shares = [];
  for (let i = 0; i < sharesPerNudge * 2 + 5; i++) {
    const { event } = await shareEvent(app, ada, { streamId: stream.id, eventId: original as never });
    shares.push(event.id);
  }
  app.sent.length = 0;
  app.later.length = 0;
});

const key = () => ClientEventId.parse(crypto.randomUUID());
const nudgeOf = (eventId: string): SharesNudge => ({ kind: 'shares', workspaceId: ada.workspaceId, eventId });
/** Events that were refreshed since the last call. */
const refreshed = (): string[] =>
  app.sent.splice(0).flatMap(({ body }) => {
    const { item } = body as Extract<FanOutMessage, { kind: 'item' }>;
    return item.type === 'event:updated' ? [item.eventId] : [];
  });
const edit = (text: string) => editEvent(app, ada, { streamId: stream.id, eventId: original, text });
/** Handles the waiting messages until none is left; returns the number of shares that each refreshed. */
async function drain(): Promise<number[]> {
  const pages: number[] = [];
  for (let next = app.later.shift(); next; next = app.later.shift()) {
    await refreshShares(app, next.body as SharesNudge);
    pages.push(refreshed().length);
  }
  return pages;
}

test('one message refreshes a page; all shares are refreshed once for an edit', async () => {
  await edit('two');
  refreshed();
  await refreshShares(app, nudgeOf(original));
  expect(refreshed()).toHaveLength(sharesPerNudge);
  expect(app.later).toEqual([{ body: { ...nudgeOf(original), continues: true }, delaySeconds: 0 }]);
  expect(await drain()).toEqual([sharesPerNudge, 5, 0]);
  await refreshShares(app, nudgeOf(original));
  expect(app.later).toEqual([]);
  expect(refreshed()).toEqual([]);
});

test('edits while the work is under way cost one pass more at most, and the last one is shown', async () => {
  await edit('two');
  await refreshShares(app, nudgeOf(original));
  refreshed();
  for (const text of ['three', 'four', 'five', 'six']) {
    await edit(text);
    refreshed();
    await refreshShares(app, nudgeOf(original));
    expect(refreshed()).toEqual([]);
  }
  // One chain of messages: the page after each other, until every share has the last version.
  expect(app.later).toHaveLength(1);
  const pages = await drain();
  expect(pages.reduce((sum, count) => sum + count, 0)).toBe(shares.length);
  expect(Math.max(...pages)).toBeLessThanOrEqual(sharesPerNudge);
});

test('an edit after the last page begins again; a dead worker blocks no later edit for more than a minute', async () => {
  await edit('two');
  await refreshShares(app, nudgeOf(original));
  // The worker died: its next message is lost.
  app.later.length = 0;
  await edit('three');
  await refreshShares(app, nudgeOf(original));
  expect(app.later).toEqual([]);
  app.time = new Date(app.time.getTime() + 61_000);
  refreshed();
  await refreshShares(app, nudgeOf(original));
  expect(refreshed()).toHaveLength(sharesPerNudge);
  await drain();
});

test('deleted shares are passed over, also a page of them; the deletion of the original is told', async () => {
  for (const eventId of shares.slice(0, sharesPerNudge)) await deleteEvent(app, ada, { streamId: stream.id, eventId });
  await deleteEvent(app, ada, { streamId: stream.id, eventId: original });
  refreshed();
  await refreshShares(app, nudgeOf(original));
  const first = refreshed();
  const pages = await drain();
  expect(first.length + pages.reduce((sum, count) => sum + count, 0)).toBe(shares.length - sharesPerNudge);
});

test('shares go through a queue of their own, badges through the other', async () => {
  await edit('two');
  const queues: string[] = [];
  const spied = {
    ...app,
    queues: { ...app.queues, sendLater: async (url: string, body: unknown) => void queues.push(`${url} ${(body as FollowUp).kind}`) },
  };
  await createNudges(spied).after(app.sent.map(({ body }) => body as FanOutMessage));
  expect(queues.sort()).toEqual(['epochs stream', 'follow-up stream', 'shares shares']);
});
