import type { Distribution, Figure, Line } from './figures.ts';
import { bar, curve, drawing, line, text } from './svg.ts';

const width = 860;

/** Plots of a run by file name: one of all bounds, and one for each distribution. */
export function plotsOf(lines: readonly Line[]): Map<string, string> {
  const plots = new Map<string, string>();
  const bounded = lines.filter((one): one is Figure => 'figure' in one && shareOfBound(one) !== undefined);
  if (bounded.length > 0) plots.set('bounds', plotBounds(bounded));
  for (const one of lines) if ('distribution' in one) plots.set(one.bench, plotDistribution(one));
  return plots;
}

/** Value of a figure as a share of its bound: below 1 the bound holds. Undefined without a bound, or with a bound of zero. */
export function shareOfBound({ value, ratio, must }: Figure): number | undefined {
  const [, direction, bound] = /(<=|>=) ([\d.]+)$/.exec(must ?? '') ?? [];
  const measured = ratio ?? value;
  if (direction === undefined || Number(bound) === 0) return undefined;
  return direction === '<=' ? measured / Number(bound) : Number(bound) / measured;
}

const rowHeight = 22;
const labels = 430;
/** Longer bars end here, so that shorter ones stay legible. Their figure stands beside them. */
const longest = 2;

/** Plots a bar for each figure, up to its share of the bound. The worst bundle represents all sizes and starts of bundles. */
function plotBounds(figures: readonly Figure[]): string {
  const rows = worstOfEach(figures).toSorted((a, b) => share(b) - share(a));
  const largest = Math.min(longest, Math.max(1.25, ...rows.map(share)));
  const x = (value: number) => labels + (Math.min(value, largest) / largest) * (width - labels - 130);
  const bottom = 56 + rows.length * rowHeight;
  const drawn = rows.flatMap((figure, at) => {
    const y = 50 + at * rowHeight;
    const value = share(figure);
    return [
      text(labels - 8, y + 14, shorten(`${figure.bench}: ${figure.figure}`, 66), { anchor: 'end' }),
      bar(labels, y + 3, x(value) - labels, rowHeight - 8, value > 1 ? 'fill1' : 'fill0'),
      text(
        Math.max(x(value), x(1)) + 6,
        y + 14,
        `${value > largest ? '… ' : ''}${figure.ratio ?? figure.value} (${figure.must?.replace('ratio ', '')})`,
        {
          kind: 'soft',
        },
      ),
    ];
  });
  return drawing(width, bottom + 30, 'Share of its bound that each figure takes', [
    ...drawn,
    line(x(1), 44, x(1), bottom, 'bound'),
    text(x(1), bottom + 16, 'the bound', { anchor: 'middle', kind: 'soft' }),
  ]);
}

const share = (figure: Figure): number => shareOfBound(figure) ?? 0;

/** Reduces a bench's figures with the same first word and the same bound to the worst one. */
function worstOfEach(figures: readonly Figure[]): Figure[] {
  const groups = Map.groupBy(figures, ({ bench, figure, must }) =>
    bench === 'cold-start' ? `${bench} ${figure.split(' ')[0]} ${must}` : `${bench} ${figure}`,
  );
  return [...groups.values()].map((group) => group.reduce((worst, one) => (share(one) > share(worst) ? one : worst)));
}

const left = 64;
const top = 52;
const height = 300;
const plotWidth = 560;

/** Plots a cumulative distribution for each series, on a logarithmic scale. */
function plotDistribution({ bench, distribution, unit, shares, series }: Distribution): string {
  const all = Object.entries(series).map(([name, values]) => [name, values.filter(Number.isFinite)] as const);
  const positive = all.flatMap(([, values]) => values.filter((value) => value > 0));
  const [low, high] = [Math.min(...positive), Math.max(...positive)];
  const x = (part: number) => left + part * plotWidth;
  const span = Math.log(high / low) || 1;
  const y = (value: number) => top + height - (Math.log(Math.max(value, low) / low) / span) * height;
  const grid = ticksBetween(low, high).flatMap((tick) => [
    line(left, y(tick), left + plotWidth, y(tick), 'grid'),
    text(left - 6, y(tick) + 4, String(tick), { anchor: 'end', kind: 'soft' }),
  ]);
  const marks = [0, 0.25, 0.5, 0.75, 0.9, 1].flatMap((part) => [
    line(x(part), top, x(part), top + height, 'grid'),
    text(x(part), top + height + 16, `${part * 100} %`, { anchor: 'middle', kind: 'soft' }),
  ]);
  const curves = all.map(([, values], at) =>
    curve(
      values.map((value, n) => [x(shares[n] ?? 1), y(value)] as const),
      `line${at % 5}`,
    ),
  );
  const legend = all.flatMap(([name, values], at) => [
    bar(left + plotWidth + 20, top + at * 40, 12, 12, `fill${at % 5}`),
    text(left + plotWidth + 38, top + 10 + at * 40, shorten(name, 28)),
    text(left + plotWidth + 38, top + 26 + at * 40, summaryOf(shares, values, unit), { kind: 'soft' }),
  ]);
  return drawing(width, top + height + 34, `${bench}: ${distribution}, ${unit} by share of values`, [
    ...grid,
    ...marks,
    ...curves,
    ...legend,
  ]);
}

function summaryOf(shares: readonly number[], values: readonly number[], unit: string): string {
  const valueAt = (part: number) => values[shares.indexOf(part)];
  return values.length === 0 ? 'nothing' : `p50 ${valueAt(0.5)}, p99 ${valueAt(0.99)} ${unit}`;
}

/** Round values of a range: 1, 2, 5, 10, 20, ... */
function ticksBetween(low: number, high: number): number[] {
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++)
    for (const step of [1, 2, 5]) {
      const tick = Number((step * 10 ** power).toPrecision(1));
      if (tick >= low && tick <= high) ticks.push(tick);
    }
  return ticks;
}

const shorten = (label: string, most: number) => (label.length <= most ? label : `${label.slice(0, most - 1)}…`);
