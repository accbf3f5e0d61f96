import type { Distribution, Figure, Line } from './figures.ts';
import type { Outcome } from './supervise.ts';

/** The machine that figures were measured on. */
export interface Machine {
  /** `2026-11-30` */
  readonly date: string;
  readonly cores: number;
  readonly processor: string;
  readonly memoryGb: number;
  readonly node: string;
}

/** A run of all benches. */
export interface Results {
  readonly machine: Machine;
  readonly lines: readonly Line[];
  readonly outcomes: readonly Outcome[];
}

/** The results as Markdown; `plots` are the names of the files in `results/` that go with it. */
export function pageOf({ machine, lines, outcomes }: Results, plots: readonly string[]): string {
  const { date, cores, processor, memoryGb, node } = machine;
  const figures = lines.filter((line): line is Figure => 'figure' in line);
  const bounded = figures.filter(({ holds }) => holds !== undefined);
  const missed = bounded.filter(({ holds }) => holds === false);
  return [
    '# Figures',
    '',
    `Measured on ${date}: ${cores} cores (${processor}), ${memoryGb} GB of memory, Node ${node}. \`npm run bench\` writes this page and its plots from [the lines](results.ndjson) that the benches print.`,
    '',
    'A ratio compares a figure with its peer, measured in the same run on the same machine; the peer is written out in the bench. Absolute values are for information.',
    '',
    `${bounded.length - missed.length} of ${bounded.length} bounds hold.${missed.length > 0 ? ' These do not:' : ''}`,
    '',
    ...missed.map(({ bench, figure, value, ratio, must }) => `- ${bench}, ${cell(figure)}: ${ratio ?? value}, must be ${must}`),
    '',
    ...(plots.includes('bounds') ? ['![Each figure beside its bound](results/bounds.svg)', ''] : []),
    ...outcomes.flatMap((outcome) => sectionOf(outcome, lines, plots)),
  ].join('\n');
}

function sectionOf({ bench, status, seconds, reason }: Outcome, lines: readonly Line[], plots: readonly string[]): string[] {
  const own = lines.filter((line) => line.bench === bench);
  const figures = own.filter((line): line is Figure => 'figure' in line);
  const spread = own.find((line): line is Distribution => 'distribution' in line);
  const ended = { done: `Took ${seconds} s.`, failed: `**Failed** after ${seconds} s: ${cell(firstLine(reason))}`, 'no data': `Not run: no data. ${cell(firstLine(reason))}` }; // prettier-ignore
  return [
    `## ${bench}`,
    '',
    ended[status],
    '',
    ...(plots.includes(bench) ? [`![${bench}: ${spread?.distribution ?? 'figures'}](results/${bench}.svg)`, ''] : []),
    ...(figures.length > 0 ? [...tableOf(figures), ''] : []),
    ...figures.flatMap(detailsOf),
  ];
}

function tableOf(figures: readonly Figure[]): string[] {
  const row = ({ figure, value, unit, peer, ratio, must, holds }: Figure) =>
    `| ${[cell(figure), `${value} ${unit}`.trim(), peer ?? '', ratio ?? '', must ?? '', holds === undefined ? '' : holds ? 'yes' : '**no**'].join(' | ')} |`;
  return ['| figure | value | peer | ratio | must | holds |', '| --- | ---: | ---: | ---: | --- | --- |', ...figures.map(row)];
}

const usual = new Set(['bench', 'figure', 'value', 'unit', 'peer', 'ratio', 'must', 'holds']);

/** The columns of a line beside its figure. */
function detailsOf(figure: Figure): string[] {
  const more = Object.entries(figure).filter(([name]) => !usual.has(name));
  return more.length === 0 ? [] : [`${cell(figure.figure)}: ${more.map(([name, value]) => `${name} ${value}`).join(', ')}.`, ''];
}

const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('<', '&lt;');
const firstLine = (text = '') => text.split('\n')[0] ?? '';
