import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '@jest/globals';

const root = path.resolve(import.meta.dirname, '../../..');
const styles = path.join(root, 'node_modules/@mantine/core/styles');
const sources = path.join(root, 'web/src');

test('the page has the styles of each component that it uses', () => {
  const imported = new Set(
    [...readFileSync(path.join(sources, 'app/main.tsx'), 'utf8').matchAll(/@mantine\/core\/styles\/(\w+)\.css/g)].map(([, name]) => name),
  );
  const used = readdirSync(sources, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.tsx'))
    .flatMap((file) => [...readFileSync(path.join(sources, file), 'utf8').matchAll(/import \{([^}]*)\} from '@mantine\/core'/g)])
    .flatMap(([, names = '']) => names.split(',').map((name) => name.trim()))
    .filter((name) => existsSync(path.join(styles, `${name}.css`)));
  expect(used.length).toBeGreaterThan(20);
  expect([...new Set(used)].filter((name) => !imported.has(name))).toEqual([]);
});
