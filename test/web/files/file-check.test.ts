import { describe, expect, test } from '@jest/globals';
import { CreateFile, maxFileBytes } from '../../../contract/file.ts';
import { checkFile, kindOf, pictureSize, sizeOf } from '../../../web/src/files/file-check.ts';

describe('a file', () => {
  test.each([
    ['a.png', 'image/png', 'image/png'],
    ['a.jpg', 'image/jpg', 'image/jpeg'],
    ['a.mp3', 'audio/mp3', 'audio/mpeg'],
    ['notes.md', '', 'text/markdown'],
    ['notes.md', 'text/x-markdown', 'text/markdown'],
    ['a.csv', 'text/csv; charset=utf-8', 'text/csv'],
    ['server.LOG', 'application/octet-stream', 'text/plain'],
    ['plan.docx', '', 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'],
  ])('%s of type "%s" goes up as %s', (name, type, mediaType) => {
    expect(checkFile({ name, type, size: 5 })).toEqual({ ok: true, name, mediaType });
  });

  test.each([
    ['page.html', 'text/html', 5, /type cannot be shared/],
    ['picture.svg', 'image/svg+xml', 5, /type cannot be shared/],
    ['picture.png', 'text/html', 5, /type cannot be shared/],
    ['program', '', 5, /type cannot be shared/],
    ['a.png', 'image/png', 0, /empty/],
    ['a.png', 'image/png', maxFileBytes + 1, /25 MB is the most/],
  ])('%s of type "%s" and %d bytes is refused before anything is sent', (name, type, size, why) => {
    const verdict = checkFile({ name, type, size });
    expect(verdict).toMatchObject({ ok: false, says: expect.stringMatching(why) });
  });

  test('gets a name that the server accepts, whatever its own is', () => {
    const names = ['a/b\\c.png', 'evil\u202Egpj.png', `${'x'.repeat(400)}.png`, '..', ' ', 'line\nbreak.png', '\uD800.png', '\u202E'];
    for (const name of names) {
      const verdict = checkFile({ name, type: 'image/png', size: 5 });
      if (!verdict.ok) throw new Error(verdict.says);
      expect(CreateFile.safeParse({ name: verdict.name, mediaType: verdict.mediaType, sizeBytes: 5 }).success).toBe(true);
    }
    expect(checkFile({ name: `${'x'.repeat(400)}.png`, type: 'image/png', size: 5 })).toMatchObject({
      name: expect.stringMatching(/x\.png$/),
    });
  });
});

test('sizes show in the most readable unit', () => {
  expect([1, 1023, 1024, 1536, 12_345, 1_048_575, 1_048_576, 3_565_158, maxFileBytes].map(sizeOf)).toEqual([
    '1 byte',
    '1023 bytes',
    '1 KB',
    '1.5 KB',
    '12 KB',
    '1 MB',
    '1 MB',
    '3.4 MB',
    '25 MB',
  ]);
});

test('sound and video play in place; files that a browser cannot show are cards', () => {
  expect(['image/avif', 'audio/flac', 'video/webm', 'video/quicktime', 'application/pdf', 'text/csv'].map(kindOf)).toEqual([
    'image',
    'audio',
    'video',
    'other',
    'pdf',
    'other',
  ]);
});

test('an image has its room before it loads: its own shape, and never larger than itself', () => {
  expect(pictureSize({ width: 2400, height: 1440 })).toEqual({ width: 448, height: 269 });
  expect(pictureSize({ width: 100, height: 3200 })).toEqual({ width: 10, height: 320 });
  expect(pictureSize({ width: 40, height: 20 })).toEqual({ width: 40, height: 20 });
  expect(pictureSize({ width: 65_535, height: 1 }).height).toBe(1);
  expect(pictureSize({ width: null, height: null })).toEqual({ width: 448, height: 269 });
});
