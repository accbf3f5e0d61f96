/** A part of the start with its duration. Parts overlap, so durations do not add up. */
export interface Step {
  readonly name: 'synth' | 'postgres' | 'memory' | 'services' | 'migrations' | 'functions' | 'demo';
  readonly milliseconds: number;
  readonly detail: string;
}

export interface Steps {
  readonly done: readonly Step[];
  /** Runs a part of the start; `detail` summarizes its result in a few words. */
  timed<Result>(name: Step['name'], work: () => Promise<Result>, detail: (result: Result) => string): Promise<Result>;
}

/** Measures the parts of a start and reports each when it is done. */
export function createSteps(onStep: (step: Step) => void): Steps {
  const done: Step[] = [];
  return {
    done,
    async timed(name, work, detail) {
      const from = performance.now();
      const result = await work();
      const step: Step = { name, milliseconds: Math.round(performance.now() - from), detail: detail(result) };
      done.push(step);
      onStep(step);
      return result;
    },
  };
}
