import { describe, expect, test } from '@jest/globals';
import { checkSource } from '../../scripts/house/source-rules.ts';
import { parseSource } from '../../scripts/house/source.ts';
import { checkDecisions, checkFeatures, checkFolders, checkLinks, checkNames, checkText } from '../../scripts/house/text-rules.ts';

const faultsOf = (file: string, text: string) => checkSource(parseSource(file, text));

describe('A rule about code finds', () => {
  test.each([
    ['contract/a.ts', `import { z } from 'zod';`],
    ['contract/a.ts', `import z from 'zod';`],
    ['contract/a.ts', `export * from './b.ts';`],
    ['contract/a.ts', `export { b } from './b.ts';`],
    ['contract/a.ts', `export type { B } from './b.ts';`],
    ['functions/streams/http.lambda.ts', `export const handler = 1; export const other = 2;`],
    ['functions/streams/http.lambda.ts', `export default 1;`],
    ['functions/streams/http.lambda.ts', `const handler = 1;`],
    ['functions/streams/events/post-event.ts', `tx.query('select id from streams where id = $1', [id]);`],
    ['functions/streams/events/post-event.ts', 'tx.query(`\n  update streams set ${column} = 1`, []);'],
    ['functions/streams/events/post-event.ts', 'tx.query(`with a as (select 1) select * from a`, []);'],
    ['functions/streams/events/post-event.ts', `const level = process.env.LEVEL;`],
    ['web/src/app/session.ts', `const level = process.env.LEVEL;`],
    ['functions/streams/events/post-event.ts', `await app.queues.sendLater(url, body, 0);`],
    ['functions/transfer/import-records.ts', `await queues.send(url, []);`],
    ['lib/streams.ts', `scope.node.tryGetContext('stage');`],
    ['test/a.test.ts', `test.only('a', () => {});`],
    ['test/a.test.ts', `describe.skip('a', () => {});`],
    ['test/a.test.ts', `test.todo('a');`],
    ['test/a.test.ts', `test.skip.each([1])('a', () => {});`],
    ['local/a.ts', `/** Whether it is there. */\nconst there = true;`],
    ['lib/a.ts', `/**\n * Who may do it,\n * and why.\n */\nexport const a = 1;`],
    ['cli/a.ts', `interface A {\n  /** When it began. */\n  readonly at: number;\n}`],
    ['bench/a.ts', `const a = (/** How many. */ count: number) => count;`],
    ['test/a.test.ts', `const a = 1;\n/** Where the file ends. */\n`],
  ])('in %s: %s', (file, text) => {
    expect(faultsOf(file, text)).toEqual([expect.stringMatching(/^[\w/.-]+:\d+: /)]);
  });
});

describe('A rule about code lets be', () => {
  test.each([
    ['contract/a.ts', `import * as z from 'zod'; import type * as core from 'zod/v4/core';`],
    ['contract/a.ts', `const a = 1; export { a };`],
    ['functions/streams/http.lambda.ts', `const app = {}; export const handler = app;`],
    ['functions/streams/events/event-store.ts', `tx.query('select id from streams where id = $1', [id]);`],
    ['functions/platform/outbox.ts', `tx.query('insert into outbox (id) values ($1)', [id]);`],
    ['functions/platform/config.ts', `process.env.LEVEL;`],
    ['functions/platform/nudge.ts', `app.queues.sendLater(url, body, 0);`],
    ['functions/streams/events/post-event.ts', `throw new Error('Select a stream from the list, with care');`],
    ['lib/stage.ts', `scope.node.tryGetContext('stage');`],
    ['test/a.test.ts', `test.each([1])('a', () => {}); set.skip();`],
    ['local/a.ts', `/** True where it is there. */\nconst there = true;`],
    ['local/a.ts', `// When it is late, it waits.\n/* Where it stands */\nconst a = 1;`],
    ['local/a.ts', 'const text = `/** Whether it is a comment. */`;'],
    ['local/a.ts', `/** Whichever comes first; Whole numbers. */\nconst a = 1;`],
  ])('in %s: %s', (file, text) => {
    expect(faultsOf(file, text)).toEqual([]);
  });
});

describe('A rule about text finds', () => {
  test.each([
    '// see issue 12',
    '// fixes #12',
    'const path = "/home/ada/project";',
    '// TODO: later',
    '// oxlint-disable-next-line no-new',
    '// @ts-ignore',
    '// @ts-expect-error',
  ])('%s', (line) => {
    expect(checkText('functions/a.ts', `\n${line}\n`)).toEqual([expect.stringMatching(/^functions\/a\.ts:2: /)]);
  });

  test.each([
    '// oxlint-disable-next-line no-new -- a construct is made for what it adds',
    '// @ts-expect-error the types of dynalite are wrong here',
    '/* oxlint-disable no-new --\n   a construct is made for what it adds */',
    'color: #333;',
    'await page.goto("/workspaces/ws_1");',
  ])('nothing in %s', (line) => {
    expect(checkText('functions/a.ts', line)).toEqual([]);
  });
});

describe('An action in a workflow', () => {
  const commit = '0123456789abcdef0123456789abcdef01234567';
  const faults = (line: string, file = '.github/workflows/ci.yml') => checkText(file, `steps:\n${line}\n`);

  test.each([
    '- uses: actions/checkout@v5',
    '- uses: actions/checkout@main # v5.0.0',
    '- uses: actions/checkout',
    `- uses: actions/checkout@${commit.slice(1)} # v5.0.0`,
    `- uses: actions/checkout@${commit}0 # v5.0.0`,
    `- uses: actions/checkout@${commit.toUpperCase()} # v5.0.0`,
    `- uses: actions/checkout@${commit}`,
    `- uses: actions/checkout@${commit} # v5`,
    `- uses: actions/checkout@v5 # ${commit}`,
    `- uses: actions/checkout@v5 # uses: actions/checkout@${commit} # v5.0.0`,
    `- { uses: actions/checkout@v5, with: { fetch-depth: 0 } }`,
    `- "uses": actions/checkout@v5`,
    `- uses : actions/checkout@v5`,
    `  uses:`,
    `  uses: owner/name/.github/workflows/build.yml@main`,
    '- uses: docker://alpine:3',
  ])('is refused: %s', (line) => {
    expect(faults(line)).toEqual([expect.stringMatching(/^\.github\/workflows\/ci\.yml:2: pin the action/)]);
  });

  test.each([
    `- uses: actions/checkout@${commit} # v5.0.0`,
    `    uses: owner/name/.github/workflows/build.yml@${commit} # v1.10.2`,
    '- uses: ./.github/actions/install',
    `- uses: docker://alpine@sha256:${'0'.repeat(64)}`,
    '# uses: what a comment says',
  ])('is let be: %s', (line) => {
    expect(faults(line)).toEqual([]);
  });

  test('is looked for in workflows and actions only', () => {
    expect(faults('uses: actions/checkout@v5', '.github/actions/install/action.yml')).toHaveLength(1);
    expect(faults('uses: actions/checkout@v5', 'docs/deploy.md')).toEqual([]);
  });
});

describe('A rule about names finds', () => {
  test.each([
    'functions/streams/utils.ts',
    'client/http-helpers.ts',
    'lib/common/a.ts',
    'functions/streams/stream-service.ts',
    'web/src/ui/index.ts',
  ])('%s', (file) => {
    expect(checkNames([file])).toHaveLength(1);
  });

  test('nothing in names that say something', () => {
    expect(checkNames(['lib/platform/service-function.ts', 'lib/service-stack.ts', 'web/index.html', 'README.md'])).toEqual([]);
  });

  test('features without their construct or their tests', () => {
    const files = [
      'functions/feed/http.lambda.ts',
      'functions/platform/log.ts',
      'functions/streams/stream.ts',
      'lib/streams.ts',
      'test/functions/streams/a.test.ts',
    ];
    expect(checkFeatures(files)).toEqual([
      expect.stringContaining('functions/feed: has no lib/feed.ts'),
      expect.stringContaining('functions/feed: has no tests'),
    ]);
  });
});

test('A rule about folders finds one that holds more than 30 code files', () => {
  const files = (count: number) => Array.from({ length: count }, (_, n) => `web/src/streams/part-${n}.tsx`);
  const others = ['web/src/streams/a.module.css', 'web/src/streams/row/a.ts'];
  expect(checkFolders([...files(30), ...others])).toEqual([]);
  expect(checkFolders([...files(31), ...others])).toEqual([expect.stringContaining('web/src/streams: holds 31')]);
});

test('A document leads to files that are there', () => {
  const links = '[a](docs/deploy.md#secrets) [b](https://example.com/x) [c](#here) <img src="docs/images/none.png"> [e](nowhere.md)';
  expect(checkLinks('README.md', links)).toEqual([
    'README.md:1: leads to docs/images/none.png, which is not there',
    'README.md:1: leads to nowhere.md, which is not there',
  ]);
  expect(checkLinks('docs/deploy.md', '[up](../README.md) [beside](runbook.md)')).toEqual([]);
  expect(checkLinks('docs/deploy.md', 'see `lib/stage.ts`, `contract/`, `lib/nothing.ts` and `lib/<feature>.ts`')).toEqual([
    'docs/deploy.md:1: leads to lib/nothing.ts, which is not there',
  ]);
});

describe('The index of decisions', () => {
  const faults = (file: string, text: string) =>
    checkDecisions(new Map([[`docs/decisions/${file}`, text]]), '| 12 | [Why so](0012-why.md) | x |');

  test('lists each decision by its title', () => {
    expect(faults('0012-why.md', '# 12. Why so\n\n**Context.** ...')).toEqual([]);
  });

  test.each([
    ['0012-why.md', '# 12. Why not', /does not list "Why not"/],
    ['0013-other.md', '# 13. Why so', /does not list "Why so"/],
    ['0012-why.md', '# 13. Why so', /number of the file/],
    ['0012-why.md', 'Why so', /number of the file/],
  ])('is refused: %s with %s', (file, text, fault) => {
    expect(faults(file, text)).toEqual([expect.stringMatching(fault)]);
  });
});
