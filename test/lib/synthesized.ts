import { App } from 'aws-cdk-lib/core';
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { addStreambed } from '../../lib/app.ts';
import { bundleName } from '../../lib/platform/bundles.ts';

export const root = resolve(import.meta.dirname, '../..');

/** A JSON value of any shape; tests inspect templates and never rely on them. */
// oxlint-disable-next-line typescript/no-explicit-any -- typing every resource of CloudFormation would test nothing
type Json = any;

export interface Resource {
  readonly Type: string;
  readonly Properties: Record<string, Json>;
  readonly DependsOn?: string[];
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
}

export interface Template {
  readonly Resources: Record<string, Resource>;
  readonly Outputs?: Record<string, { Value: unknown; Export?: { Name: string } }>;
}

export interface Synthesized {
  readonly data: Template;
  readonly service: Template;
  readonly web: Template;
  readonly all: readonly Template[];
}

export interface SynthesizeOptions {
  readonly context?: Record<string, string>;
  /** True runs CloudFormation's own rules too. They take a second to start, so only one test file has them. */
  readonly templateRules?: boolean;
}

/** Templates of a stage, with empty functions and an empty page. Fails as `cdk synth` does on a finding of cdk-nag. */
export function synthesize(stage: string, { context = {}, templateRules = false }: SynthesizeOptions = {}): Synthesized {
  return withStubs((built, folder) => {
    const { context: flags } = JSON.parse(readFileSync(join(root, 'cdk.json'), 'utf8')) as { context: Record<string, unknown> };
    const app = new App({
      outdir: join(folder, 'cdk.out'),
      context: { ...flags, ...context, stage },
      builtinCloudFormationValidation: templateRules,
    });
    addStreambed(app, built);
    const assembly = app.synth();
    const [data, service, web] = ['Data', 'Service', 'Web'].map(
      (part) => assembly.getStackByName(`Streambed-${stage}-${part}`).template as Template,
    ) as [Template, Template, Template];
    return { data, service, web, all: [data, service, web] };
  });
}

/** Creates a temporary folder with a bundle for each function, and a page. */
export function withStubs<Result>(work: (built: { code: string; web: string }, folder: string) => Result): Result {
  const folder = mkdtempSync(join(tmpdir(), 'streambed-stubs-'));
  try {
    const sources = globSync('functions/**/*.lambda.ts', { cwd: root });
    for (const source of sources) write(join(folder, 'code', bundleName(source), 'index.mjs'), `// ${source}\n`);
    write(join(folder, 'web/index.html'), '<!doctype html>\n');
    return work({ code: join(folder, 'code'), web: join(folder, 'web') }, folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

/** Resources of a type, with their logical ids. */
export const resourcesOf = (template: Template, type: string): [string, Resource][] =>
  Object.entries(template.Resources).filter(([, resource]) => resource.Type === type);

/** Logical id without its hash: `StreamsHttp72547046` is StreamsHttp. */
export const withoutHash = (logicalId: string): string => logicalId.replace(/[0-9A-F]{8}$/, '');

/** Functions of the app by name without stage; the CDK adds two of its own, which are left out. */
export function functionsOf(template: Template): Map<string, Resource> {
  const own = resourcesOf(template, 'AWS::Lambda::Function').filter(([, { Properties }]) => Properties['Handler'] === 'index.handler');
  return new Map(
    own.filter(([, { Properties }]) => Properties['FunctionName'] !== undefined).map(([id, resource]) => [withoutHash(id), resource]),
  );
}

/** Logical ids that a value refers to. */
export function referencesIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(referencesIn);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    if (key === 'Ref' && typeof inner === 'string') return inner.startsWith('AWS::') ? [] : [inner];
    if (key === 'Fn::GetAtt') return [String((inner as unknown[])[0])];
    if (key === 'Fn::Sub' && typeof inner === 'string')
      return [...inner.matchAll(/\$\{([A-Za-z0-9]+)(\.[^}]*)?\}/g)].map(([, id]) => id ?? '');
    return referencesIn(inner);
  });
}
