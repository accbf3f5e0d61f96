import { describe, expect, test } from '@jest/globals';
import type { LiveDrafts } from '../../../client/drafts/live-drafts.ts';
import { FakeClock, chance } from '../fake-clock.ts';
import { FakeDrafts, draftStream } from './fake-drafts.ts';

function begin(seed = 1) {
  const clock = new FakeClock(seed);
  const server = new FakeDrafts(clock);
  const phone = server.device();
  const desk = server.device();
  return { clock, server, phone: phone.drafts, desk: desk.drafts, kept: desk.kept };
}
const textOf = (drafts: LiveDrafts) => drafts.read(draftStream).text;

describe('a draft', () => {
  test('that is written on one device is found on the other, with one save for many keystrokes', async () => {
    const { clock, server, phone, desk } = begin();
    await clock.advance(10);
    for (const text of ['h', 'he', 'hel', 'hello']) {
      desk.edit(draftStream, text);
      await clock.advance(200);
    }
    await clock.advance(2_000);
    expect(server.stored).toEqual({ text: 'hello', revision: 1 });
    expect([textOf(phone), phone.streamIds()]).toEqual(['hello', [draftStream]]);
    expect(server.saves).toBe(1);
  });

  test('is saved every few seconds while its author types on', async () => {
    const { clock, server, desk } = begin();
    for (let i = 1; i <= 60; i++) {
      desk.edit(draftStream, 'x'.repeat(i));
      await clock.advance(200);
    }
    expect(server.stored.text.length).toBeGreaterThan(40);
    expect(server.saves).toBeLessThan(4);
  });

  test('is gone everywhere when it is sent, also where a save is under way', async () => {
    const { clock, server, phone, desk } = begin();
    server.delayMs = 400;
    for (let i = 0; i < 20; i++) {
      desk.edit(draftStream, `try ${i}`);
      await clock.advance(i * 80);
      desk.sent(draftStream);
      await clock.advance(50);
      server.posted();
      expect(textOf(desk)).toBe('');
      await clock.advance(10_000);
      expect([server.stored.text, textOf(phone), textOf(desk)]).toEqual(['', '', '']);
    }
  });

  test('that was changed on both devices is shown on the second with the other text, until one is chosen', async () => {
    for (const which of ['own', 'other'] as const) {
      const { clock, server, phone, desk } = begin();
      await clock.advance(10);
      phone.edit(draftStream, 'from the phone');
      desk.edit(draftStream, 'from the desk');
      phone.flush();
      await clock.advance(3_000);
      expect(desk.read(draftStream)).toMatchObject({ text: 'from the desk', other: { text: 'from the phone', revision: 1 } });
      desk.edit(draftStream, 'from the desk, longer');
      await clock.advance(3_000);
      expect(server.stored).toEqual({ text: 'from the phone', revision: 1 });
      desk.choose(draftStream, which);
      await clock.advance(3_000);
      const expected = which === 'own' ? 'from the desk, longer' : 'from the phone';
      expect([server.stored.text, textOf(phone), textOf(desk)]).toEqual([expected, expected, expected]);
      expect(desk.read(draftStream).other).toBeUndefined();
    }
  });

  test('stays over a deletion elsewhere, and the same text is no conflict', async () => {
    const { clock, server, phone, desk } = begin();
    desk.edit(draftStream, 'first');
    await clock.advance(3_000);
    desk.edit(draftStream, 'first, and more');
    server.posted();
    await clock.advance(3_000);
    expect([server.stored.text, textOf(phone), desk.read(draftStream).other]).toEqual(['first, and more', 'first, and more', undefined]);
    phone.edit(draftStream, 'same');
    desk.edit(draftStream, 'same');
    await clock.advance(3_000);
    expect([phone, desk].map((one) => one.read(draftStream).other)).toEqual([undefined, undefined]);
  });

  test('survives a reload before it was saved, and is saved then', async () => {
    const { clock, server, desk, kept } = begin();
    await clock.advance(10);
    server.loss = 1;
    desk.edit(draftStream, 'before the crash');
    await clock.advance(1_500);
    server.loss = 0;
    const again = server.device(new Map(kept)).drafts;
    expect(textOf(again)).toBe('before the crash');
    await clock.advance(3_000);
    expect(server.stored.text).toBe('before the crash');
  });

  test('that was sent elsewhere while this device slept is gone when it wakes', async () => {
    const { clock, server, phone, desk } = begin();
    desk.edit(draftStream, 'on both');
    await clock.advance(3_000);
    server.loss = 1;
    server.posted();
    await clock.advance(1_000);
    expect(textOf(phone)).toBe('on both');
    server.loss = 0;
    server.rejoin();
    await clock.advance(1_000);
    expect([textOf(phone), textOf(desk)]).toEqual(['', '']);
  });

  test('that the server refuses stays on the device, and is not sent again and again', async () => {
    const { clock, server, desk } = begin();
    server.refuses = 'stream_archived';
    desk.edit(draftStream, 'too late');
    await clock.advance(60_000);
    expect([textOf(desk), server.saves]).toEqual(['too late', 1]);
  });

  test('leaves no timer behind when it is closed', async () => {
    const { clock, server, phone, desk } = begin();
    desk.edit(draftStream, 'almost');
    desk.close();
    phone.close();
    await clock.advance(3_000);
    expect([server.stored.text, clock.waiting]).toEqual(['almost', 0]);
  });
});

/** Plays two devices at random over a bad network, and checks that they agree in the end and that no text was lost unseen. */
async function play(seed: number): Promise<void> {
  const { clock, server, phone, desk } = begin(seed);
  const random = chance(seed + 1_000);
  const devices = [phone, desk];
  server.delayMs = 1_500;
  server.loss = 0.2;
  const allowed = new Set(['']);
  let numbered = 0;
  for (let step = 0; step < 25; step++) {
    const device = devices[Math.floor(random() * 2)] ?? desk;
    const { other } = device.read(draftStream);
    const dice = random();
    if (other && dice < 0.4) device.choose(draftStream, random() < 0.5 ? 'own' : 'other');
    else if (dice < 0.7) {
      const text = `text ${++numbered}`;
      allowed.add(text);
      device.edit(draftStream, text);
    } else if (dice < 0.8) {
      device.sent(draftStream);
      server.posted();
    } else if (dice < 0.9) server.rejoin();
    await clock.advance(random() * 3_000);
  }
  server.loss = 0;
  for (let round = 0; round < 6; round++) {
    server.rejoin();
    await clock.advance(40_000);
    for (const device of devices) device.choose(draftStream, 'own');
  }
  await clock.advance(40_000);
  expect(devices.map((device) => device.read(draftStream).other)).toEqual([undefined, undefined]);
  expect([server.stored.text, textOf(phone), textOf(desk)]).toEqual([server.stored.text, server.stored.text, server.stored.text]);
  expect(allowed).toContain(server.stored.text);
  for (const device of devices) device.close();
}

test('two devices agree after anything, over any network', async () => {
  for (let seed = 1; seed <= 200; seed++) {
    try {
      await play(seed);
    } catch (error) {
      throw new Error(`seed ${seed}: ${(error as Error).message}`, { cause: error });
    }
  }
});
