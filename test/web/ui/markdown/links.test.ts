import { expect, test } from '@jest/globals';
import { imageSource } from '../../../../web/src/ui/markdown/links.ts';

const origin = 'https://chat.example';

test('only images of our own origin load without a click', () => {
  expect(imageSource('/logo.png', origin)).toEqual({ kind: 'own', host: 'chat.example' });
  expect(imageSource('https://chat.example/a.png', origin)?.kind).toBe('own');
  expect(imageSource('https://chat.example:8443/a.png', origin)?.kind).toBe('foreign');
  expect(imageSource('//evil.example/a.png', origin)).toEqual({ kind: 'foreign', host: 'evil.example' });
  expect(imageSource('https://chat.example.evil.example/a.png', origin)?.kind).toBe('foreign');
});

test.each(['data:image/png;base64,AAAA', 'javascript:alert(1)', 'http://chat.example/a.png', 'blob:https://chat.example/1', 'https://'])(
  'never: %s',
  (src) => expect(imageSource(src, origin)).toBeUndefined(),
);
