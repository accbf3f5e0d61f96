import { errors, type BrowserContext, type Locator } from 'playwright-core';
import { slowerThanMeasured } from '../support/slowness.ts';

/**
 * Timeout of one attempt. Playwright polls for an element after 20, 50, 100 and 100 ms, then every 500 ms. Most waits of these tests take
 * 0.3 to 1 s, so each lost a quarter of a second on average. With a timeout below 2.5 s it polls every 100 ms, so a longer wait is split
 * into such attempts.
 */
const attemptMs = 2_000;
const patience = new WeakMap<BrowserContext, number>();
const known = new WeakSet<object>();

/** Sets the timeout of all waits in a context, in milliseconds, and makes its locators poll every 100 ms. */
export function waitPromptly(context: BrowserContext, milliseconds: number, locator: Locator): void {
  patience.set(context, milliseconds);
  context.setDefaultTimeout(milliseconds);
  const prototype = Object.getPrototypeOf(locator) as Locator;
  if (known.has(prototype)) return;
  known.add(prototype);
  replaceWaitFor(prototype);
  for (const action of ['click', 'fill', 'hover', 'press', 'tap'] as const) waitBefore(prototype, action);
}

const patienceOf = (locator: Locator, options: { readonly timeout?: number } | undefined): number =>
  options?.timeout ?? patience.get(locator.page().context()) ?? 30_000;

function replaceWaitFor(prototype: Locator): void {
  // oxlint-disable-next-line typescript/unbound-method -- it is called with its locator
  const { waitFor } = prototype;
  prototype.waitFor = async function (this: Locator, options) {
    const from = performance.now();
    let milliseconds = patienceOf(this, options);
    let measured = false;
    for (;;) {
      const left = from + milliseconds - performance.now();
      try {
        return await waitFor.call(this, { ...options, timeout: Math.max(1, Math.min(left, attemptMs)) });
      } catch (thrown) {
        if (!(thrown instanceof errors.TimeoutError)) throw thrown;
        if (left > attemptMs) continue;
        if (measured) throw new errors.TimeoutError(thrown.message.replace(/[\d.]+ms/, `${milliseconds}ms`), { cause: thrown });
        // The machine's current speed counts, not the one at the start of the run.
        milliseconds = Math.round(milliseconds * (await slowerThanMeasured()));
        measured = true;
      }
    }
  };
}

/** Makes an action wait promptly for its element to be visible, which it waits for anyway. */
function waitBefore(prototype: Locator, action: 'click' | 'fill' | 'hover' | 'press' | 'tap'): void {
  const act = prototype[action] as (...given: unknown[]) => Promise<void>;
  const waiting = async function (this: Locator, ...given: unknown[]): Promise<void> {
    await this.waitFor();
    await act.apply(this, given);
  };
  Object.assign(prototype, { [action]: waiting });
}
