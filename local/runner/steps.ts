/** A part of the start, and what it took. Parts overlap: their times do not add up to the whole. */
export interface Step {
  readonly name: 'synth' | 'postgres' | 'memory' | 'services' | 'migrations' | 'functions' | 'demo';
  readonly milliseconds: number;
  readonly detail: string;
}

export interface Steps {
  readonly done: readonly Step[];
  /** Does a part of the start; `detail` says in a few words what came of it. */
  timed<Result>(name: Step['name'], work: () => Promise<Result>, detail: (result: Result) => string): Promise<Result>;
}

/** Takes the time of the parts of a start, and tells of each when it is done. */
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
