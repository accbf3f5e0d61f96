import { globSync } from 'node:fs';
import { cruise } from 'dependency-cruiser';
import type { ICruiseOptions, ICruiseResult, IFlattenedRuleSet } from 'dependency-cruiser';

interface Fences {
  readonly default: { readonly forbidden: IFlattenedRuleSet['forbidden']; readonly options: ICruiseOptions };
  readonly houseRooms: readonly string[];
}

/** Reads every import of the repository and compares it with the fences in .dependency-cruiser.mjs. */
const {
  default: { forbidden, options },
  houseRooms,
} = (await import(new URL('../.dependency-cruiser.mjs', import.meta.url).href)) as Fences;
const rooms = houseRooms.filter((room) => globSync(`${room}/**/*.{ts,tsx}`).length > 0);
const result = await cruise(rooms, { ...options, validate: true, ruleSet: { forbidden } });
const { modules, summary } = result.output as ICruiseResult;

for (const { rule, from, to, cycle } of summary.violations) {
  console.error(`${rule.name}: ${cycle ? [from, ...cycle.map(({ name }) => name)].join(' -> ') : `${from} -> ${to}`}`);
}
// Without a compiler that it supports, the tool finds no modules and therefore no faults.
const unread = rooms.filter((room) => !modules.some(({ source }) => source.startsWith(`${room}/`)));
if (rooms.length === 0 || unread.length > 0)
  console.error(`Nothing was read in ${unread.join(', ') || 'any room'}, so nothing was checked there`);

console.log(
  `${modules.length} modules in ${rooms.length} rooms, ${summary.totalDependenciesCruised} imports, ${summary.violations.length} over a fence`,
);
process.exitCode = summary.violations.length > 0 || rooms.length === 0 || unread.length > 0 ? 1 : 0;
