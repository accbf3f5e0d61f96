import { readFileSync } from 'node:fs';
import path from 'node:path';

/** One resource of a template; intrinsic functions are unresolved. */
export interface Resource {
  readonly stack: Stack;
  readonly logicalId: string;
  readonly type: string;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly condition: string | undefined;
  /** Path of the construct in the CDK app: `Streambed-local-Service/Streams/Http/Resource`. */
  readonly constructPath: string | undefined;
}

/** One synthesized stack. */
export interface Stack {
  readonly name: string;
  readonly resources: ReadonlyMap<string, Resource>;
  readonly parameters: Readonly<Record<string, { Type?: string; Default?: unknown }>>;
  readonly conditions: Readonly<Record<string, unknown>>;
  readonly mappings: Readonly<Record<string, Record<string, Record<string, unknown>>>>;
  readonly outputs: Readonly<Record<string, { Value: unknown; Export?: { Name: unknown } }>>;
  /** Absolute path of each file asset, by the object key in the template. */
  readonly assets: ReadonlyMap<string, string>;
}

/** Description of a resource for messages. */
export const describeResource = (resource: Resource): string => `${resource.stack.name}/${resource.logicalId} (${resource.type})`;

/** Path of the construct below its stack, without separators: `Streambed-local-Service/Streams/Http/Resource` is `StreamsHttp`. */
export function constructIdOf(resource: Resource): string {
  if (resource.constructPath === undefined) return resource.logicalId;
  const parts = resource.constructPath.split('/').slice(1);
  return parts.filter((part, index) => !(part === 'Resource' && index === parts.length - 1)).join('');
}

interface Artifact {
  readonly type: string;
  readonly properties?: { readonly templateFile?: string; readonly stackName?: string; readonly directoryName?: string };
  readonly dependencies?: readonly string[];
}

interface RawTemplate {
  Resources?: Record<
    string,
    { Type: string; Properties?: Record<string, unknown>; Condition?: string; Metadata?: Record<string, unknown> }
  >;
  Parameters?: Stack['parameters'];
  Conditions?: Stack['conditions'];
  Mappings?: Stack['mappings'];
  Outputs?: Stack['outputs'];
}

/** Reads the stacks of a cloud assembly (a `cdk.out`), dependencies first. */
export function readAssembly(directory: string): readonly Stack[] {
  const { artifacts } = readJson(path.join(directory, 'manifest.json')) as { artifacts: Record<string, Artifact> };
  const stacks: Stack[] = [];
  const seen = new Set<string>();
  const visit = (id: string): void => {
    const artifact = artifacts[id];
    if (artifact === undefined || seen.has(id)) return;
    seen.add(id);
    for (const dependency of artifact.dependencies ?? []) visit(dependency);
    if (artifact.type === 'aws:cloudformation:stack') stacks.push(readStack(directory, id, artifact));
    if (artifact.type === 'cdk:cloud-assembly')
      stacks.push(...readAssembly(path.join(directory, artifact.properties?.directoryName ?? '')));
  };
  for (const id of Object.keys(artifacts)) visit(id);
  if (stacks.length === 0) throw new Error(`${directory} holds no stacks`);
  return stacks;
}

function readStack(directory: string, id: string, artifact: Artifact): Stack {
  const file = artifact.properties?.templateFile;
  if (file === undefined) throw new Error(`The stack ${id} has no template in ${directory}/manifest.json`);
  const template = readJson(path.join(directory, file)) as RawTemplate;
  const resources = new Map<string, Resource>();
  const stack: Stack = {
    name: artifact.properties?.stackName ?? id,
    resources,
    parameters: template.Parameters ?? {},
    conditions: template.Conditions ?? {},
    mappings: template.Mappings ?? {},
    outputs: template.Outputs ?? {},
    assets: readAssets(directory, file.replace(/\.template\.json$/, '.assets.json')),
  };
  for (const [logicalId, raw] of Object.entries(template.Resources ?? {})) {
    const constructPath = raw.Metadata?.['aws:cdk:path'];
    resources.set(logicalId, {
      stack,
      logicalId,
      type: raw.Type,
      properties: raw.Properties ?? {},
      condition: raw.Condition,
      constructPath: typeof constructPath === 'string' ? constructPath : undefined,
    });
  }
  return stack;
}

interface AssetManifest {
  files?: Record<string, { source: { path: string }; destinations: Record<string, { objectKey: string }> }>;
}

function readAssets(directory: string, file: string): ReadonlyMap<string, string> {
  const assets = new Map<string, string>();
  const { files } = readJson(path.join(directory, file)) as AssetManifest;
  for (const { source, destinations } of Object.values(files ?? {})) {
    for (const { objectKey } of Object.values(destinations)) assets.set(objectKey, path.resolve(directory, source.path));
  }
  return assets;
}

const readJson = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'));
