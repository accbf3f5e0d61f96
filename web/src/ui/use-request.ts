import { useCallback, useEffect, useState } from 'react';
import { problemOf } from '../../../client/errors.ts';
import type { Problem } from '../../../contract/errors.ts';
import { useLive } from './use-live.ts';

/*
 * Three hooks run requests:
 * - `useRequest` reads one value as soon as it is on the page, and again when its inputs change.
 * - `usePages` reads a list page by page.
 * - `useTask` runs the action of a button, one at a time.
 */

/** Reads a value. The signal aborts when another request takes its place, and when the component unmounts. */
export type Load<Value> = (signal: AbortSignal) => Promise<Value>;

export interface Request<Value> {
  /** `idle` without a request. `loading` also while a request waits for its pause. */
  readonly state: 'idle' | 'loading' | 'done' | 'failed';
  /** The last good value; stays while the next one loads and when that fails. */
  readonly value: Value | undefined;
  /** The failure of the last attempt; stays until the next attempt ends. */
  readonly problem: Problem | undefined;
  /** Runs the request again at once. */
  readonly retry: () => void;
}

interface Options {
  /** Delay before a changed request runs, so that not each key stroke sends one; in milliseconds. */
  readonly pauseMs?: number;
  /** Drops value and problem as soon as the request changes. */
  readonly reset?: boolean;
}

/** Runs `load`, and runs it again when the function changes: give it a stable one. Undefined runs nothing. */
export function useRequest<Value>(load: Load<Value> | undefined, { pauseMs = 0, reset = false }: Options = {}): Request<Value> {
  const [latest] = useState(() => new LatestRequest<Value>());
  const attempt = useLive(latest);
  const retry = useCallback(() => {
    if (load) latest.start(load, load, { reset });
  }, [latest, load, reset]);
  useEffect(() => {
    const timer = pauseMs > 0 ? setTimeout(retry, pauseMs) : undefined;
    if (pauseMs === 0) retry();
    return () => {
      clearTimeout(timer);
      latest.stop();
    };
  }, [latest, retry, pauseMs]);
  return { ...viewOf(attempt, load, reset), retry };
}

/** The last attempt as the component sees it, whose request may have changed since. */
export function viewOf<Value>({ key, ...attempt }: Attempt<Value>, load: unknown, reset: boolean): Omit<Request<Value>, 'retry'> {
  if (key === load && load !== undefined) return attempt;
  const state = load === undefined ? 'idle' : 'loading';
  return reset ? { state, value: undefined, problem: undefined } : { ...attempt, state };
}

interface Attempt<Value> extends Omit<Request<Value>, 'retry'> {
  /** Identifies the request that ran last. */
  readonly key: unknown;
}

interface StartOptions extends Pick<Options, 'reset'> {
  /** Leaves the state as it is until the answer arrives. */
  readonly quiet?: boolean;
}

/**
 * Runs one request at a time and holds its outcome. Starting a request aborts the one before; an answer that arrives after an abort is
 * ignored, whatever the order of the answers. Knows nothing of React.
 */
export class LatestRequest<Value> {
  readonly #listeners = new Set<() => void>();
  #attempt: Attempt<Value> = { key: undefined, state: 'idle', value: undefined, problem: undefined };
  #running: AbortController | undefined;

  getSnapshot(): Attempt<Value> {
    return this.#attempt;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  start(key: unknown, load: Load<Value>, { reset = false, quiet = false }: StartOptions = {}): void {
    this.stop();
    const running = new AbortController();
    this.#running = running;
    const { value, problem } = this.#attempt;
    const isOther = reset && key !== this.#attempt.key;
    if (!quiet) this.#set({ key, state: 'loading', value: isOther ? undefined : value, problem: isOther ? undefined : problem });
    void this.#run(key, load, running.signal);
  }

  /** Aborts the running request; the outcome stays as it is. */
  stop(): void {
    this.#running?.abort();
    this.#running = undefined;
  }

  /** Changes the value without a request, where the caller knows what a request would give. Does nothing before the first value. */
  change(how: (value: Value) => Value): void {
    const { value } = this.#attempt;
    if (value !== undefined) this.#set({ ...this.#attempt, value: how(value) });
  }

  async #run(key: unknown, load: Load<Value>, signal: AbortSignal): Promise<void> {
    try {
      const value = await load(signal);
      if (!signal.aborted) this.#set({ key, state: 'done', value, problem: undefined });
    } catch (error) {
      if (!signal.aborted) this.#set({ ...this.#attempt, key, state: 'failed', problem: problemOf(error) });
    }
  }

  #set(attempt: Attempt<Value>): void {
    this.#attempt = attempt;
    for (const listener of this.#listeners) listener();
  }
}
