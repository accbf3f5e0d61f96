import { errors, type BrowserContext, type Locator } from 'playwright-core';
import { slowerThanMeasured } from '../support/slowness.ts';

/**
 * Playwright looks for an element again after 20, 50, 100 and 100 ms, and from then on every 500 ms. Most waits of these tests take 0.3 to 1 s,
 * so that each lost a quarter of a second on average. With a time-out below 2.5 s it looks every 100 ms: a longer wait is made of such ones.
 */
const attemptMs = 2_000;
const patience = new WeakMap<BrowserContext, number>();
const known = new WeakSet<object>();

/** Sets how long everything waits in a context, in milliseconds, and has its locators look every 100 ms. */
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
        // What counts is how slow the machine is now, not how slow it was when the run began.
        milliseconds = Math.round(milliseconds * (await slowerThanMeasured()));
        measured = true;
      }
    }
  };
}

/** Has an action wait promptly for its element to be visible, which it would wait for anyway. */
function waitBefore(prototype: Locator, action: 'click' | 'fill' | 'hover' | 'press' | 'tap'): void {
  const act = prototype[action] as (...given: unknown[]) => Promise<void>;
  const waiting = async function (this: Locator, ...given: unknown[]): Promise<void> {
    await this.waitFor();
    await act.apply(this, given);
  };
  Object.assign(prototype, { [action]: waiting });
}
