import type { Assignment } from './supervise.ts';

interface PlannedBench {
  readonly name: string;
  /** Deadline of the full form: several times its duration on a slow machine. */
  readonly deadlineSeconds: number;
  readonly nodeFlags?: readonly string[];
}

/** All benches in their order: those that need an idle machine come first. */
export const plan: readonly PlannedBench[] = [
  { name: 'cold-start', deadlineSeconds: 300 },
  { name: 'post-to-seen', deadlineSeconds: 600 },
  { name: 'fan-out', deadlineSeconds: 900 },
  { name: 'hot-stream', deadlineSeconds: 600 },
  { name: 'memory-lag', deadlineSeconds: 900 },
  { name: 'epochs', deadlineSeconds: 1_800 },
  { name: 'search', deadlineSeconds: 3_600 },
  { name: 'search-messages', deadlineSeconds: 1_800 },
  // The heap is bounded as in a function. Without a bound uncollected garbage looks like a leak.
  { name: 'backfill', deadlineSeconds: 3_600, nodeFlags: ['--max-old-space-size=128'] },
  { name: 'history', deadlineSeconds: 3_600 },
  { name: 'sidebar', deadlineSeconds: 3_600 },
];

/** The smoke forms take seconds. Most of this is for the first start of the app in a fresh clone, which synthesizes its templates. */
const smokeDeadlineSeconds = 120;

/** Assignments for the supervisor, one for each name. Throws for an unknown name. */
export function assign(
  names: readonly string[],
  { form, args = [], deadline }: { form: 'full' | 'smoke'; args?: readonly string[]; deadline?: number | undefined },
): Assignment[] {
  return names.map((name) => {
    const planned = plan.find((one) => one.name === name);
    if (!planned) throw new Error(`There is no bench ${name}; there are ${plan.map((one) => one.name).join(', ')}`);
    const deadlineSeconds = deadline ?? (form === 'smoke' ? smokeDeadlineSeconds : planned.deadlineSeconds);
    const url = new URL(`../${name}.ts`, import.meta.url).href;
    return { name, url, args, deadlineSeconds, ...(planned.nodeFlags && form === 'full' && { nodeFlags: planned.nodeFlags }) };
  });
}
