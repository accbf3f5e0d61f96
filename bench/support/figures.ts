/** One figure of a bench. Ratios within one run are compared with bounds; absolute values are informative. */
export interface Figure {
  readonly bench: string;
  readonly figure: string;
  readonly value: number;
  readonly unit: string;
  /** The figure of the peer, in the same run. */
  readonly peer?: number;
  readonly ratio?: number;
  /** The bound as text, and its outcome. */
  readonly must?: string;
  readonly holds?: boolean;
}

/** Distribution of the values of a run: for each series, the value at each quantile. */
export interface Distribution {
  readonly bench: string;
  readonly distribution: string;
  readonly unit: string;
  readonly shares: readonly number[];
  readonly series: Readonly<Record<string, readonly number[]>>;
}

/** A line that a bench prints as JSON. */
export type Line = Figure | Distribution;

/**
 * Bound of a figure: on its ratio to the peer, or on the value itself when there is no peer. `timesFaster` is the peer's time over ours.
 */
interface Bound {
  readonly atMost?: number;
  readonly atLeast?: number;
  readonly timesFaster?: number;
}

export type Measured = Omit<Figure, 'bench' | 'ratio' | 'must' | 'holds'> & Bound;

const round = (value: number) => Number(value.toPrecision(4));

/** Completes a figure for printing: rounded, with its ratio and its bound. */
export function figureOf(bench: string, { atMost, atLeast, timesFaster, ...given }: Measured): Figure {
  const ratio = given.peer === undefined ? undefined : timesFaster === undefined ? given.value / given.peer : given.peer / given.value;
  const bounded = ratio ?? given.value;
  const low = atLeast ?? timesFaster;
  return {
    bench,
    ...given,
    value: round(given.value),
    ...(given.peer !== undefined && { peer: round(given.peer) }),
    ...(ratio !== undefined && { ratio: round(ratio) }),
    ...(atMost !== undefined && { must: `${ratio === undefined ? '' : 'ratio '}<= ${atMost}`, holds: bounded <= atMost }),
    ...(low !== undefined && { must: `${ratio === undefined ? '' : 'ratio '}>= ${low}`, holds: bounded >= low }),
  };
}

const shares = [0, 0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 1];

/** Quantiles of each series, in the resolution of a plot. */
export function distributionOf(
  bench: string,
  { distribution, unit, series }: { distribution: string; unit: string; series: Readonly<Record<string, readonly number[]>> },
): Distribution {
  const spread = (values: readonly number[]) => {
    const sorted = values.toSorted((a, b) => a - b);
    return shares.map((share) => round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN));
  };
  return {
    bench,
    distribution,
    unit,
    shares,
    series: Object.fromEntries(Object.entries(series).map(([name, all]) => [name, spread(all)])),
  };
}

/** Quantile of sorted values. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}
