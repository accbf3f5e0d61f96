import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { parseSource } from './house/source.ts';
import { checkSource } from './house/source-rules.ts';
import { checkDecisions, checkFeatures, checkFolders, checkLinks, checkNames, checkText } from './house/text-rules.ts';

/**
 * Checks the rules that no linter knows, over the given files, or else over every file that git tracks or would add. Each fault is one
 * line: file:line: what.
 */
const given = process.argv.slice(2);
const known = () => execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { encoding: 'utf8' }).split('\n');
const files = (given.length > 0 ? given : known()).filter((file) => file !== '' && existsSync(file));
const decisions = new Map(
  files.filter((file) => /^docs\/decisions\/\d.*\.md$/.test(file)).map((file) => [file, readFileSync(file, 'utf8')]),
);
const faults: string[] = [
  ...checkNames(files),
  ...(given.length > 0 ? [] : [...checkFeatures(files), ...checkFolders(files)]),
  ...checkDecisions(decisions, readFileSync('docs/decisions/README.md', 'utf8')),
];
let read = 0;

for (const file of files) {
  if (!/\.(tsx?|[cm]?js|json|md|ya?ml|css|html|sql|sh)$/.test(file) || /^(package-lock\.json|cdk\.json|docs\/api\/.*)$/.test(file))
    continue;
  const text = readFileSync(file, 'utf8');
  read++;
  faults.push(...checkText(file, text), ...checkLinks(file, text));
  if (/\.tsx?$/.test(file)) faults.push(...checkSource(parseSource(file, text)));
}

for (const fault of faults) console.error(fault);
console.log(`${read} files read, ${faults.length} against the rules of the house`);
process.exitCode = faults.length > 0 || (read === 0 && given.length === 0) ? 1 : 0;
