/** One figure of a bench; ratios within one run count, absolute values are for information. */
export interface Figure {
  readonly bench: string;
  readonly figure: string;
  readonly value: number;
  readonly unit: string;
  /** The figure of what it is compared to, in the same run. */
  readonly peer?: number;
  readonly ratio?: number;
  /** The bound as text, and whether it was met. */
  readonly must?: string;
  readonly holds?: boolean;
}

const round = (value: number) => Number(value.toPrecision(4));

/** What a figure is held to: its ratio to the peer, or the value itself where there is no peer. `timesFaster`: the peer's time over ours. */
interface Bound {
  readonly atMost?: number;
  readonly atLeast?: number;
  readonly timesFaster?: number;
}

/** Prints one JSON line. */
export function printFigure(line: Omit<Figure, 'ratio' | 'must' | 'holds'> & Bound): Figure {
  const { atMost, atLeast, timesFaster, ...given } = line;
  const ratio = given.peer === undefined ? undefined : timesFaster === undefined ? given.value / given.peer : given.peer / given.value;
  const bounded = ratio ?? given.value;
  const low = atLeast ?? timesFaster;
  const figure: Figure = {
    ...given,
    value: round(given.value),
    ...(given.peer !== undefined && { peer: round(given.peer) }),
    ...(ratio !== undefined && { ratio: round(ratio) }),
    ...(atMost !== undefined && { must: `${ratio === undefined ? '' : 'ratio '}<= ${atMost}`, holds: bounded <= atMost }),
    ...(low !== undefined && { must: `${ratio === undefined ? '' : 'ratio '}>= ${low}`, holds: bounded >= low }),
  };
  console.log(JSON.stringify(figure));
  return figure;
}

/** The value that a share of the sorted values does not pass. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}
