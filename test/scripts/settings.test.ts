import { expect, test } from '@jest/globals';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { env } from '../../contract/names.ts';

const root = join(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');
const example = read('.env.example');

test('.env.example has every variable of the deployed functions', () => {
  expect(Object.values(env).filter((name) => !new RegExp(`^# ${name} `, 'm').test(example))).toEqual([]);
});

test('.env.example has every variable that a person may set', () => {
  const files = globSync('{local,web,test}/**/*.ts', { cwd: root });
  const names = files.flatMap((file) =>
    [...read(file).matchAll(/process\.env(?:\.|\[')(\w*(?:STREAMBED|DSN|ENDPOINT)\w*)/g)].map(([, name]) => name),
  );
  expect(names).toContain('POSTGRES_DSN');
  expect([...new Set(names)].filter((name) => !new RegExp(`^# ${name}=`, 'm').test(example))).toEqual([]);
});

test('the partial test scripts together run each folder that has tests', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  const partial = Object.entries(scripts).flatMap(([name, script]) =>
    name.startsWith('test:') ? (script.match(/test\/[\w-]+/g) ?? []) : [],
  );
  const folders = new Set(globSync('test/*/**/*.test.ts', { cwd: root }).map((file) => file.split('/').slice(0, 2).join('/')));
  expect(partial.toSorted()).toEqual([...folders].toSorted());
});
