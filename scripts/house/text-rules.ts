import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

const vagueNames = /(^|[-.])(utils?|helpers?|common|misc|managers?|service|shared)$/;

/** Refuses file and folder names that do not describe their content. */
export function checkNames(files: readonly string[]): string[] {
  const code = files.filter((file) => /\.(tsx?|[cm]?js)$/.test(file));
  return code.flatMap((file) => {
    const parts = file.split('/').map((part) => part.replace(/(\.(test|lambda|d|module|config))*\.\w+$/, ''));
    const vague = parts.find((part) => vagueNames.test(part));
    if (vague !== undefined) return [`${file}:1: "${vague}" says nothing; name it after what it does`];
    return /^index\.tsx?$/.test(basename(file)) ? [`${file}:1: no index files: a thing is imported from where it is`] : [];
  });
}

/** Checks that each feature has the same name in every room. */
export function checkFeatures(files: readonly string[]): string[] {
  const faults: string[] = [];
  const features = new Set(
    files.map((file) => /^functions\/(\w+)\//.exec(file)?.[1]).filter((name) => name !== undefined && name !== 'platform'),
  );
  for (const feature of features) {
    if (!files.includes(`lib/${feature}.ts`))
      faults.push(`functions/${feature}: has no lib/${feature}.ts; a feature has one word everywhere`);
    if (!files.some((file) => file.startsWith(`test/functions/${feature}/`)))
      faults.push(`functions/${feature}: has no tests in test/functions/${feature}/`);
  }
  return faults;
}

/** Code files in one folder, besides its folders: with more, prefixes do the work of folders. */
const maxFilesInFolder = 30;

/** Refuses folders that hold too many code files. */
export function checkFolders(files: readonly string[]): string[] {
  const code = files.filter((file) => /\.(tsx?|[cm]?js)$/.test(file));
  return [...Map.groupBy(code, dirname)].flatMap(([folder, { length }]) =>
    length > maxFilesInFolder ? [`${folder}: holds ${length} code files, at most ${maxFilesInFolder}; give each noun its folder`] : [],
  );
}

interface TextRule {
  readonly pattern: RegExp;
  readonly says: string;
  readonly in?: RegExp;
}

const rules: readonly TextRule[] = [
  {
    pattern: /\b(issues?|pull request|PR)\s+#?\d+\b|(\/\/|\*|--|^).*\s#\d+\b(?!;)/,
    says: 'no issue numbers: say the reason itself',
    in: /\.(tsx?|[cm]?js|md|sql|ya?ml)$/,
  },
  { pattern: /(^|[\s'"`(=])\/(work|root|home|Users)\/\w/, says: 'no paths of a machine' },
  { pattern: /\b(TODO|FIXME|XXX)\b/, says: 'finish it, or say what is not there and why' },
  { pattern: /(oxlint|eslint)-disable(?!.*-- \S+ \S+)/, says: 'a disabled rule needs its reason after "--"' },
  { pattern: /@ts-(ignore|nocheck)\b/, says: 'no unchecked code; @ts-expect-error with a reason says it better' },
  {
    // A tag or branch can be moved to other code. Actions of this repository (./) and images by digest cannot.
    pattern:
      /^(?!\s*#).*\buses["']?\s*:(?!\s*\.\/)(?!\s*docker:\/\/\S+@sha256:[0-9a-f]{64}$)(?!\s*[\w.-]+\/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$)/,
    says: 'pin the action by the 40 digits of its commit, with its version as a comment: uses: owner/name@<commit> # v1.2.3',
    in: /^\.github\/(workflows|actions)\/.*\.ya?ml$/,
  },
  { pattern: /@ts-expect-error(?!:? \S+ \S+)/, says: '@ts-expect-error needs its reason' },
];

/** Files that contain the patterns themselves, their tests, and the licence. */
const mayHoldAnything = ['scripts/house/text-rules.ts', 'test/scripts/house.test.ts', 'LICENSE'];

/** Checks a text line by line. */
export function checkText(file: string, text: string): string[] {
  if (mayHoldAnything.includes(file)) return [];
  const active = rules.filter((rule) => rule.in?.test(file) ?? true);
  const lines = text.split('\n');
  return lines.flatMap((line, index) => {
    // A reason may begin on the line after its "--".
    const whole = /--\s*$/.test(line) ? `${line} ${lines[index + 1]?.trim()}` : line;
    return active.filter(({ pattern }) => pattern.test(whole)).map(({ says }) => `${file}:${index + 1}: ${says}`);
  });
}

const pathInText = /`((?:bin|lib|contract|functions|migrations|client|web|local|bench|test|scripts|docs)\/[\w./-]*)`/g;

/** Finds decisions that their index does not list with their title. */
export function checkDecisions(decisions: ReadonlyMap<string, string>, index: string): string[] {
  return [...decisions].flatMap(([file, text]) => {
    const [, number, title] = /^# (\d+)\. (.+)$/m.exec(text) ?? [];
    if (number === undefined || Number(number) !== Number.parseInt(basename(file)))
      return [`${file}:1: the heading has the number of the file: # 12. Title`];
    return index.includes(`[${title}](${basename(file)})`) ? [] : [`${file}:1: docs/decisions/README.md does not list "${title}"`];
  });
}

/** Checks that links and paths of a document exist. A changelog may name files that are gone. */
export function checkLinks(file: string, text: string): string[] {
  if (!file.endsWith('.md') || file === 'CHANGELOG.md') return [];
  const targets = text.matchAll(/(?:\]\(|src(?:set)?=")(?!https?:|mailto:|#)([^)"\s#]+)/g);
  const links = [...targets].map(([, target]) => join(dirname(file), target ?? ''));
  const paths = [...text.matchAll(pathInText)].map(([, path]) => path ?? '');
  return [...links, ...paths].filter((path) => !existsSync(path)).map((path) => `${file}:1: leads to ${path}, which is not there`);
}
