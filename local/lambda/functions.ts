import type { Functions } from '../types.ts';
import { Pool, type FunctionDefinition, type FunctionState, type LambdaOptions } from './pool.ts';

/** All deployed functions. A function is called by its ARN, its physical name or its construct id. */
export interface LambdaFunctions extends Functions {
  /** Starts one environment of each function, or of the named ones; resolves with the load time of each in milliseconds. */
  warm(constructIds?: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /** Ends all environments of a function, whatever they do; resolves with their number. The next invocation starts a new one. */
  kill(nameOrArn: string): Promise<number>;
  state(nameOrArn: string): FunctionState;
  list(): readonly FunctionDefinition[];
  stop(): Promise<void>;
}

/** Runs the functions of a template, each in its own environments. */
export function createFunctions(options: LambdaOptions): LambdaFunctions {
  const pools = new Map(options.definitions.map((definition) => [definition.arn, new Pool(definition, options)]));
  const byName = new Map<string, Pool>();
  for (const pool of pools.values()) {
    for (const name of [pool.definition.name, pool.definition.constructId]) byName.set(name, pool);
  }
  const poolOf = (nameOrArn: string): Pool => {
    const pool = pools.get(nameOrArn) ?? byName.get(nameOrArn);
    if (pool === undefined) throw new Error(`No function ${nameOrArn}; there are ${[...byName.keys()].join(', ')}`);
    return pool;
  };
  return {
    invoke: async (nameOrArn, event) => poolOf(nameOrArn).invoke(event),
    async warm(constructIds = options.definitions.map((definition) => definition.constructId)) {
      return new Map(await Promise.all(constructIds.map(async (id) => [id, await poolOf(id).warm()] as const)));
    },
    kill: async (nameOrArn) => poolOf(nameOrArn).kill(),
    state: (nameOrArn) => poolOf(nameOrArn).state(),
    list: () => options.definitions,
    async stop() {
      await Promise.all([...pools.values()].map((pool) => pool.stop()));
    },
  };
}
