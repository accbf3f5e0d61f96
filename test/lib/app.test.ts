import { describe, expect, test } from '@jest/globals';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib/core';
import { addStreambed } from '../../lib/app.ts';
import { referencesIn, synthesize, withStubs, type Template } from './synthesized.ts';

describe.each(['dev', 'prod', 'local'])('the stage %s', (stage) => {
  const { all } = synthesize(stage, { templateRules: true });

  test('passes every check, and refers to nothing that is not there', () => {
    for (const template of all) {
      const known = new Set([...Object.keys(template.Resources), 'BootstrapVersion']);
      for (const id of referencesIn(template.Resources)) expect(known).toContain(id);
    }
  });

  test('has no resources that wait for each other in a circle', () => {
    for (const template of all) expect(findCircle(template)).toBeUndefined();
  });

  test('stays far from the limit of 500 resources in a stack', () => {
    for (const template of all) expect(Object.keys(template.Resources).length).toBeLessThan(400);
  });

  test('imports only what another stack exports', () => {
    const exported = new Set(all.flatMap(({ Outputs = {} }) => Object.values(Outputs).map(({ Export }) => Export?.Name)));
    for (const name of importsIn(all.map(({ Resources }) => Resources))) expect(exported).toContain(name);
  });
});

test('the stage local differs from dev in names, log level, TLS to Postgres and embeddings made offline, and in nothing else', () => {
  const local = linesOf('local');
  const notifications = {
    pushContact: 'mailto:streambed@local.example',
    mailFrom: 'streambed@local.example',
    publicUrl: 'http://127.0.0.1:3000',
    origins: 'http://127.0.0.1:5176',
  };
  const dev = linesOf('dev', { embeddingProvider: 'local', ...notifications });
  const pairs = dev.map((line, index) => [line, local[index]]).filter(([a, b]) => a !== b);
  const settings = new Set(pairs.map((pair) => pair.join(' -> ')));
  expect(local).toHaveLength(dev.length);
  expect([...settings].sort()).toEqual([
    '"DATABASE_TLS": "verify" -> "DATABASE_TLS": "off"',
    '"POWERTOOLS_LOG_LEVEL": "DEBUG" -> "POWERTOOLS_LOG_LEVEL": "INFO"',
  ]);
});

test('a function without its bundle is named, with the file it is made from', () => {
  withStubs((built, folder) => {
    rmSync(join(built.code, 'realtime-fan-out'), { recursive: true });
    const app = new App({ outdir: join(folder, 'cdk.out') });
    expect(() => addStreambed(app, built)).toThrow(/RealtimeFanOut has no bundle .*functions\/realtime\/fan-out\.lambda\.ts/);
  });
});

/** Templates of a stage, line by line, without its name and the values derived from names (ids, hashes). */
const linesOf = (stage: string, context: Record<string, string> = {}): string[] =>
  JSON.stringify(synthesize(stage, { context }).all, undefined, 1)
    .replaceAll(/dev|local/g, '*')
    .replaceAll(/[0-9A-Fa-f]{16,}|[0-9A-F]{8,}|cr-owned:[0-9a-f]{8}|"Name": ".*AccessControl.*"/g, '#')
    .split('\n')
    .map((line) => line.trim().replace(/,$/, ''));

function importsIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(importsIn);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => (key === 'Fn::ImportValue' ? [String(inner)] : importsIn(inner)));
}

/** Depth-first search; a resource on the current path closes a cycle. */
function findCircle({ Resources }: Template): string[] | undefined {
  const done = new Set<string>();
  const visit = (id: string, path: readonly string[]): string[] | undefined => {
    if (path.includes(id)) return [...path.slice(path.indexOf(id)), id];
    const resource = Resources[id];
    if (!resource || done.has(id)) return undefined;
    for (const next of [...referencesIn(resource.Properties), ...(resource.DependsOn ?? [])]) {
      const circle = visit(next, [...path, id]);
      if (circle) return circle;
    }
    done.add(id);
    return undefined;
  };
  for (const id of Object.keys(Resources)) {
    const circle = visit(id, []);
    if (circle) return circle;
  }
  return undefined;
}
