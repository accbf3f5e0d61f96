import { buildSync, formatMessagesSync, type BuildFailure, type BuildResult, type Metafile } from 'esbuild';
import { cpSync, globSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

type BuildOutput = Metafile['outputs'][string];

const root = resolve(import.meta.dirname, '../..');

/** One deployed function's code. */
export interface Bundle {
  /** `streams-http`; the folder's name under `dist/functions`. */
  readonly name: string;
  /** `functions/streams/http.lambda.ts` */
  readonly source: string;
  readonly directory: string;
  /** Size of index.mjs; the source map lies beside it and is not counted. */
  readonly bytes: number;
}

export interface Bundles {
  /** The folder that holds one folder per function. */
  readonly directory: string;
  readonly bundles: readonly Bundle[];
  /** Every file that went in, relative to the root: they are what a rebuild depends on. */
  readonly inputs: readonly string[];
  readonly milliseconds: number;
}

/** `functions/streams/http.lambda.ts` is `streams-http`. */
export const bundleName = (source: string): string =>
  source
    .replaceAll('\\', '/')
    .replace(/^functions\//, '')
    .replace(/\.lambda\.ts$/, '')
    .replaceAll('/', '-');

/** Source file of a bundle, for messages to people. */
export const bundleSource = (name: string): string => `functions/${name.replace('-', '/')}.lambda.ts`;

/**
 * Bundles all functions with one call of esbuild, into `dist/functions/<name>/index.mjs`. Throws with esbuild's messages when one fails.
 */
export function buildBundles(directory: string = join(root, 'dist/functions')): Bundles {
  const start = performance.now();
  const sources = globSync('functions/**/*.lambda.ts', { cwd: root }).sort();
  if (sources.length === 0) throw new Error(`No functions/**/*.lambda.ts under ${root}: there is nothing to bundle`);
  const names = sources.map(bundleName);
  const { metafile } = runEsbuild(Object.fromEntries(sources.map((source) => [`${bundleName(source)}/index`, source])), directory);
  removeStale(directory, names);
  for (const output of Object.values(metafile.outputs)) demandHandler(output);
  // The migration function reads its SQL beside itself. A new migration therefore changes the hash of its code and triggers a run.
  if (names.includes('platform-migrate')) copyMigrations(join(directory, 'platform-migrate'));
  return {
    directory,
    bundles: sources.map((source) => describe(source, directory)),
    inputs: Object.keys(metafile.inputs).sort(),
    milliseconds: Math.round(performance.now() - start),
  };
}

function runEsbuild(entryPoints: Record<string, string>, outdir: string): BuildResult<{ metafile: true }> {
  try {
    return buildSync({
      absWorkingDir: root,
      entryPoints,
      outdir,
      outExtension: { '.js': '.mjs' },
      bundle: true,
      minify: true,
      format: 'esm',
      platform: 'node',
      target: 'node24',
      // ESM builds of dependencies first: they are the ones that tree-shaking understands.
      mainFields: ['module', 'main'],
      // CommonJS dependencies inside an ES module still call require().
      banner: { js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);" },
      // Optional companions of pg that are never installed here.
      external: ['pg-native', 'cloudflare:sockets'],
      // Qdrant's client as it is made for browsers: the other one brings half a megabyte of HTTP client, which Node has already.
      alias: { '@qdrant/js-client-rest': join(root, 'node_modules/@qdrant/js-client-rest/dist/browser/index.js') },
      sourcemap: 'linked',
      sourcesContent: false,
      legalComments: 'none',
      metafile: true,
      logLevel: 'silent',
    });
  } catch (error) {
    const { errors } = error as Partial<BuildFailure>;
    if (!errors) throw error;
    throw new Error(`The functions cannot be bundled:\n${formatMessagesSync(errors, { kind: 'error' }).join('\n')}`, { cause: error });
  }
}

/** Lambda reports a missing handler only at the first request; this check reports it at build time. */
function demandHandler({ entryPoint, exports }: BuildOutput): void {
  if (entryPoint !== undefined && exports.join() !== 'handler') {
    throw new Error(`${entryPoint} must export "handler" and nothing else; it exports: ${exports.join(', ') || 'nothing'}`);
  }
}

/** Removes the folders of functions that no longer exist. */
function removeStale(directory: string, names: readonly string[]): void {
  for (const entry of readdirSync(directory)) {
    if (!names.includes(entry)) rmSync(join(directory, entry), { recursive: true });
  }
}

function copyMigrations(directory: string): void {
  const target = join(directory, 'migrations');
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target);
  for (const file of globSync('migrations/[0-9]*.sql', { cwd: root })) cpSync(join(root, file), join(directory, file));
}

function describe(source: string, directory: string): Bundle {
  const name = bundleName(source);
  return { name, source, directory: join(directory, name), bytes: statSync(join(directory, name, 'index.mjs')).size };
}

/** As a script it prints one line per function. */
if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { bundles, milliseconds } = buildBundles();
  for (const { name, bytes } of bundles) console.log(`${(bytes / 1024).toFixed(1).padStart(9)} KB  ${name}`);
  console.log(`${bundles.length} bundles in ${milliseconds} ms`);
}
