import { describe, expect, test } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const root = join(import.meta.dirname, '../..');

interface Tour {
  readonly title: string;
  /** Files from one crossing to the next; each imports its neighbour, or is imported by it. */
  readonly legs: readonly (readonly string[])[];
}

/** Reads the tours of docs/tour.md: a section each; a numbered line names a file, a line in italics a crossing that is no import. */
function readTours(): Tour[] {
  const [, ...sections] = readFileSync(join(root, 'docs/tour.md'), 'utf8').split(/^## /m);
  return sections.map((section) => {
    const [title = '', ...lines] = section.split('\n');
    const legs: string[][] = [[]];
    for (const line of lines) {
      if (/^\s*_.*_$/.test(line)) legs.push([]);
      const file = /^\d+\. `([^`]+)`/.exec(line)?.[1];
      if (file !== undefined) legs.at(-1)?.push(file);
    }
    return { title, legs: legs.filter((leg) => leg.length > 0) };
  });
}

const importsOf = (file: string): string[] =>
  [...readFileSync(join(root, file), 'utf8').matchAll(/(?:from|import\()\s*'(\.[^']+)'/g)].map(([, path]) =>
    join(dirname(file), path ?? ''),
  );

const tours = readTours();

test('there is a tour of one event, one file, one epoch and one click', () => {
  expect(tours.map(({ title }) => title)).toEqual(['One event', 'One file', 'One epoch', 'One click']);
  for (const { legs } of tours) expect(legs.flat().length).toBeGreaterThanOrEqual(8);
});

describe.each(tours)('the tour of $title', ({ legs }) => {
  test('names files that exist, each once', () => {
    const files = legs.flat();
    expect(files.filter((file) => !existsSync(join(root, file)))).toEqual([]);
    expect(new Set(files).size).toBe(files.length);
  });

  test('goes from import to import', () => {
    const strangers = legs.flatMap((leg) =>
      leg.slice(1).flatMap((file, index) => {
        const before = leg[index] as string;
        return importsOf(before).includes(file) || importsOf(file).includes(before) ? [] : [`${before} -> ${file}`];
      }),
    );
    expect(strangers).toEqual([]);
  });
});
