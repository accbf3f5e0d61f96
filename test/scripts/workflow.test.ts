import { describe, expect, test } from '@jest/globals';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import * as z from 'zod';
import packageJson from '../../package.json' with { type: 'json' };

const root = join(import.meta.dirname, '../..');
const read = (file: string): unknown => parse(readFileSync(join(root, file), 'utf8'), { strict: true, uniqueKeys: true });

const Step = z.object({
  if: z.string().optional(),
  run: z.string().optional(),
  uses: z.string().optional(),
  env: z.record(z.string(), z.string()).optional(),
});
const Workflow = z.object({
  permissions: z.strictObject({ contents: z.literal('read') }),
  jobs: z.record(
    z.string(),
    z.object({
      'timeout-minutes': z.number().positive().max(60),
      env: z.record(z.string(), z.string()).optional(),
      steps: z.array(Step).min(1),
    }),
  ),
});
const Compose = z.object({
  services: z.record(z.string(), z.object({ ports: z.array(z.string()), healthcheck: z.object({ test: z.array(z.string()) }) })),
});

const workflow = Workflow.parse(read('.github/workflows/ci.yml'));
const commandsOf = (job: string): string[] => workflow.jobs[job]?.steps.flatMap(({ run }) => run ?? []) ?? [];

test('Every YAML file of the repository is one document without a key that is there twice', () => {
  const files = globSync(['*.{yml,yaml}', '.github/**/*.{yml,yaml}'], { cwd: root });
  expect(files).toEqual(expect.arrayContaining(['docker-compose.yml', join('.github', 'dependabot.yml')]));
  for (const file of files) expect(read(file)).toEqual(expect.any(Object));
});

describe('the workflow', () => {
  test('runs scripts and tests that are there', () => {
    const commands = Object.keys(workflow.jobs).flatMap(commandsOf);
    const scripts = commands.flatMap((command) => [...command.matchAll(/npm run ([\w:-]+)/g)].map(([, name]) => name ?? ''));
    expect(scripts).toContain('check');
    expect(scripts.filter((name) => !(name in packageJson.scripts))).toEqual([]);
    const parts = commands.flatMap((command) => /npm test -- (.*)/.exec(command)?.[1]?.split(' ') ?? []);
    expect(parts).toContain('test/functions');
    const tests = globSync('test/**/*.test.ts', { cwd: root });
    expect(parts.filter((part) => !tests.some((file) => file.includes(part)))).toEqual([]);
    expect(commandsOf('all')).toEqual(['.ci/run']);
  });

  test('fails for a high vulnerability in what is deployed', () => {
    expect(commandsOf('audit')).toEqual(['npm audit --omit=dev --audit-level=high']);
  });

  test('has the memory suites asked of the servers of docker-compose.yml, and ends these whatever comes', () => {
    const { services } = Compose.parse(read('docker-compose.yml'));
    const { env = {}, steps = [] } = workflow.jobs['compose'] ?? {};
    const portOf = (address: string | undefined): string => `127.0.0.1:${new URL(address ?? '').port}`;
    expect(services['postgres']?.ports).toEqual([expect.stringContaining(`${portOf(env['TEST_POSTGRES_DSN'])}:`)]);
    expect(services['qdrant']?.ports).toEqual([expect.stringContaining(`${portOf(env['QDRANT_URL'])}:`)]);
    const commands = commandsOf('compose');
    const at = (start: string): number => commands.findIndex((command) => command.startsWith(start));
    expect(at('docker compose up --detach --wait')).toBe(0);
    expect(at('npm test -- ')).toBeGreaterThan(at('npm ci'));
    expect(commands[at('npm test -- ')]).toContain('test/functions');
    expect(steps.at(-1)).toEqual({ if: 'always()', run: expect.stringMatching(/^docker compose down/) });
  });
});

test('Dependabot groups what it proposes for packages and for actions', () => {
  const Updates = z.object({
    version: z.literal(2),
    updates: z.array(z.object({ 'package-ecosystem': z.string(), directory: z.literal('/'), groups: z.record(z.string(), z.object({})) })),
  });
  const { updates } = Updates.parse(read('.github/dependabot.yml'));
  expect(updates.map((update) => update['package-ecosystem'])).toEqual(['npm', 'github-actions']);
  for (const { groups } of updates) expect(Object.keys(groups).length).toBeGreaterThan(0);
});

describe('Who opens something', () => {
  const Form = z.object({
    name: z.string(),
    description: z.string(),
    body: z.array(
      z.object({ type: z.enum(['markdown', 'textarea', 'input', 'dropdown']), id: z.string().optional(), attributes: z.object({}) }),
    ),
  });

  test.each(['bug', 'feature'])('finds a form for a %s, whose fields have names of their own', (name) => {
    const { body } = Form.parse(read(`.github/ISSUE_TEMPLATE/${name}.yml`));
    const ids = body.flatMap(({ type, id }) => (type === 'markdown' ? [] : [id]));
    expect(ids.every((id) => /^[a-z]+$/.test(id ?? ''))).toBe(true);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('is asked for the rule, the attack and the figure, and finds out how to report a vulnerability', () => {
    const template = readFileSync(join(root, '.github/PULL_REQUEST_TEMPLATE.md'), 'utf8');
    expect([...template.matchAll(/^## (.*)$/gm)].map(([, title]) => title)).toEqual(['The rule', 'The attack', 'The figure', 'Checks']);
    expect(existsSync(join(root, 'SECURITY.md'))).toBe(true);
  });
});
