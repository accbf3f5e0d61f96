import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ExportRecord } from '../../contract/transfer.ts';
import { aWorkspace } from '../support/app.ts';
import { createTeam } from '../support/team.ts';
import { runStreambed, startTestServer } from './server.ts';
import type { TestServer } from './server.ts';

let server: TestServer;
let folder: string;
let env: Record<string, string>;
/** More than the lines of one page or one request. */
const messages = 1_300;

beforeAll(async () => {
  server = await startTestServer();
  folder = mkdtempSync(path.join(tmpdir(), 'streambed-cli-'));
  const team = await createTeam(server.app);
  env = { STREAMBED_URL: server.baseUrl, STREAMBED_API_KEY: team.apiKey };
  const ada = await team.join('ada', 'owner');
  const channel = await ada.channel('General');
  const root = await ada.say(channel, 'the first');
  for (let n = 0; n < messages; n++) await ada.say(channel, `message ${n} ${'.'.repeat(300)}`);
  await ada.say(await ada.thread(channel, root), 'a reply');
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await server.close();
});

const file = (name: string): string => path.join(folder, name);
const linesOf = (name: string): ExportRecord[] =>
  readFileSync(file(name), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as ExportRecord);
async function freshEnv(): Promise<Record<string, string>> {
  return { STREAMBED_URL: server.baseUrl, STREAMBED_API_KEY: (await aWorkspace(server.app)).apiKey };
}

describe('streambed', () => {
  test('exports a workspace, imports it into another, and exports that: the files are equal', async () => {
    const exported = await runStreambed(['export', '--out', file('one.ndjson')], { env });
    expect(exported).toMatchObject({ code: 0, out: '' });
    expect(exported.errors).toMatch(/Export: 1,000 lines, .* a second\nExported 1,3\d\d lines of ws_\w+ to /);
    expect(linesOf('one.ndjson').at(-1)?.kind).toBe('end');
    expect(existsSync(file('one.ndjson.part'))).toBe(false);
    expect(existsSync(file('one.ndjson.part.place'))).toBe(false);
    const other = await freshEnv();
    const imported = await runStreambed(['import', file('one.ndjson')], { env: other });
    expect(imported).toMatchObject({ code: 0, out: '' });
    expect(imported.errors).toMatch(/2 streams, 1303 events and 1 members are new\.\n$/);
    const again = await runStreambed(['export'], { env: other });
    writeFileSync(file('two.ndjson'), again.out);
    const compared = await runStreambed(['compare', file('one.ndjson'), file('two.ndjson')]);
    expect(compared).toMatchObject({ code: 0 });
    expect(compared.errors).toMatch(/are equal in 1,3\d\d lines/);
    const repeated = await runStreambed(['import', file('one.ndjson')], { env: other });
    expect(repeated).toMatchObject({ code: 0 });
    expect(repeated.errors).toContain('All of it was there already.');
  });

  test('says where two exports differ', async () => {
    const lines = linesOf('one.ndjson');
    const changed = lines.map((line) => (line.kind === 'event' && line.seq === 7 ? { ...line, actorId: 'bob' } : line));
    const at = lines.findIndex((line) => line.kind === 'event' && line.seq === 7) + 1;
    writeFileSync(file('changed.ndjson'), changed.map((line) => JSON.stringify(line)).join('\n'));
    const { code, errors } = await runStreambed(['compare', file('one.ndjson'), file('changed.ndjson')]);
    expect(code).toBe(1);
    expect(errors).toContain(`${file('changed.ndjson')}:${at} differ in actorId: "ada" and "bob"`);
    writeFileSync(
      file('short.ndjson'),
      lines
        .slice(0, 9)
        .map((line) => JSON.stringify(line))
        .join('\n'),
    );
    const short = await runStreambed(['compare', file('one.ndjson'), file('short.ndjson')]);
    expect(short.errors).toContain('has more lines than the other, from line 10 on');
  });

  test('names file, line and field of what is wrong, and changes nothing of that request', async () => {
    const lines = linesOf('one.ndjson').map((line, i) => (i === 800 ? { ...line, actorId: 'nobody' } : line));
    writeFileSync(file('wrong.ndjson'), lines.map((line) => JSON.stringify(line)).join('\n'));
    const { code, errors } = await runStreambed(['import', file('wrong.ndjson')], { env: await freshEnv() });
    expect(code).toBe(1);
    expect(errors).toContain(`${file('wrong.ndjson')}:801: actorId refers to a member that is not there`);
    expect(errors).toMatch(/Lines up to \d+ are imported\. To go on: the same command, with --from-line \d+/);
  });

  test('refuses what is no whole export', async () => {
    const other = await freshEnv();
    const cases: [string, string, string, number][] = [
      ['empty', '', 'is empty', 2],
      ['other', '{"kind":"other"}', ':1: is no header of "streambed-export"', 2],
      ['text', 'hello', ':1: is not JSON', 1],
      ['list', '[1]', ':1: is no JSON object', 1],
      ['cut', readFileSync(file('one.ndjson'), 'utf8').split('\n').slice(0, 40).join('\n'), 'has no end', 1],
      ['lost', readFileSync(file('one.ndjson'), 'utf8').split('\n').toSpliced(30, 1).join('\n'), 'should stand before the end', 1],
    ];
    for (const [name, content, says, exitCode] of cases) {
      writeFileSync(file(name), content);
      const { code, errors } = await runStreambed(['import', file(name)], { env: other });
      expect([name, code]).toEqual([name, exitCode]);
      expect(errors).toContain(says);
    }
    expect((await runStreambed(['import', file('nothing')], { env: other })).errors).toBe(`There is no file ${file('nothing')}.\n`);
  });

  test('says what it needs, and who may not', async () => {
    expect(await runStreambed(['export'])).toMatchObject({
      code: 2,
      errors: 'Where is the service? Give --url, STREAMBED_URL or --demo.\n',
    });
    expect(await runStreambed(['export', '--url', server.baseUrl])).toMatchObject({ code: 2 });
    expect(await runStreambed(['export', '--url', server.baseUrl, '--api-key', 'x'])).toMatchObject({ code: 2 });
    expect(await runStreambed(['export', '--demo', file('no.json')])).toMatchObject({ code: 2 });
    expect(await runStreambed(['something'])).toMatchObject({ code: 2 });
    expect(await runStreambed(['--help'])).toMatchObject({ code: 0 });
    const other = await freshEnv();
    const elsewhere = await runStreambed(['export', '--workspace', 'ws_01kb0000000000000000000000'], { env: other });
    expect(elsewhere).toMatchObject({ code: 1 });
    expect(elsewhere.errors).toContain('There is no such workspace for this API key');
    const wrong = { ...other, STREAMBED_API_KEY: `${other['STREAMBED_API_KEY']?.slice(0, -4)}0000` };
    expect((await runStreambed(['export'], { env: wrong })).errors).toContain('A valid token is needed');
    const full = await runStreambed(['import', file('one.ndjson')], { env });
    expect(full).toMatchObject({ code: 1 });
    expect(full.errors).toContain('The workspace is not empty');
    const demo = { baseUrl: server.baseUrl, apiKey: other['STREAMBED_API_KEY'], workspaceId: 'x' };
    writeFileSync(file('demo.json'), JSON.stringify(demo));
    expect(await runStreambed(['export', '--demo', file('demo.json')])).toMatchObject({ code: 0 });
  });

  test('an import that is interrupted goes on, from where it was or from the beginning', async () => {
    const other = await freshEnv();
    let release = (): void => undefined;
    let served = 0;
    // The fifth request waits until the program has been stopped.
    server.before = async (at) => {
      if (at.endsWith('/import') && ++served === 5)
        await new Promise<void>((resolve) => {
          release = resolve;
        });
      return undefined;
    };
    let stopped = false;
    const interrupted = await runStreambed(['import', file('one.ndjson')], {
      env: other,
      onErrors: (said, stop) => {
        if (stopped || !said.includes('lines, ')) return;
        stopped = true;
        stop('SIGINT');
      },
    });
    release();
    server.before = async () => undefined;
    expect(interrupted.code).toBe(130);
    expect(interrupted.errors).toMatch(/Lines up to \d+ are imported\.[^]*\nInterrupted\.\n$/);
    expect(await runStreambed(['import', file('one.ndjson')], { env: other })).toMatchObject({ code: 0 });
    const again = await runStreambed(['export', '-o', file('three.ndjson')], { env: other });
    expect(again.code).toBe(0);
    expect((await runStreambed(['compare', file('one.ndjson'), file('three.ndjson')])).code).toBe(0);
  });

  test('an export of which something slipped through as it began says so, and writes no file', async () => {
    const team = await createTeam(server.app);
    const ada = await team.join('ada', 'owner');
    const channel = await ada.channel('Busy');
    await ada.say(channel, 'before');
    // Enough streams for their ends to be on the second page.
    await server.app.test.owner.query(
      `insert into stream_members (stream_id, user_id, workspace_id, joined_at)
       select $1, 'm' || n, $2, $3 from generate_series(1, 1000) n`,
      [channel.id, team.workspaceId, server.app.time],
    );
    let served = 0;
    server.before = async (at) => {
      // The clock stands still, so the event has the time at which the export began.
      if (at.endsWith('/export') && ++served === 2) await ada.say(channel, 'slipped through');
      return undefined;
    };
    const own = { STREAMBED_URL: server.baseUrl, STREAMBED_API_KEY: team.apiKey };
    const uneven = await runStreambed(['export', '-o', file('uneven.ndjson')], { env: own });
    server.before = async () => undefined;
    expect(uneven.code).toBe(1);
    expect(uneven.errors).toMatch(/second\nSomebody wrote in the very moment in which the export began: begin it again\.\n$/);
    expect(existsSync(file('uneven.ndjson'))).toBe(false);
    expect(await runStreambed(['export', '-o', file('uneven.ndjson')], { env: own })).toMatchObject({ code: 0 });
  });

  test('an import that broke off says the line to go on from, and an export goes on by itself', async () => {
    const other = await freshEnv();
    let served = 0;
    const problem = {
      type: '/docs',
      title: 'Something went wrong on our side',
      status: 500,
      code: 'internal',
      retry: 'after',
      requestId: 'r',
    };
    server.before = async (at) => (/\/(im|ex)port$/.test(at) && ++served === 2 ? { status: 500, body: problem } : undefined);
    const broken = await runStreambed(['import', file('one.ndjson')], { env: other });
    expect(broken).toMatchObject({ code: 1 });
    const [, line] = /--from-line (\d+)/.exec(broken.errors) ?? [];
    expect(Number(line)).toBeGreaterThan(100);
    const before = server.requests.length;
    expect(await runStreambed(['import', file('one.ndjson'), '--from-line', line ?? ''], { env: other })).toMatchObject({ code: 0 });
    const rest = server.requests.length - before;
    served = 0;
    const cut = await runStreambed(['export', '-o', file('four.ndjson')], { env: other });
    expect(cut).toMatchObject({ code: 1 });
    expect(cut.errors).toContain('The same command goes on from there.');
    server.before = async () => undefined;
    writeFileSync(file('four.ndjson.part'), `${readFileSync(file('four.ndjson.part'), 'utf8')}{"half a li`);
    const resumed = await runStreambed(['export', '-o', file('four.ndjson')], { env: other });
    expect(resumed).toMatchObject({ code: 0 });
    expect(resumed.errors).toContain('Going on with an export');
    expect((await runStreambed(['compare', file('one.ndjson'), file('four.ndjson')])).code).toBe(0);
    expect(rest).toBeLessThan(6);
  });
});
