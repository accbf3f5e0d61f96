import type { App } from './app.ts';
import { systemClock } from './clock.ts';
import { setting } from './config.ts';
import { log } from './log.ts';
import { metrics } from './metrics.ts';

/** The parts that every deployed function has: each of the four chains uses them. */
type BaseApp = Pick<App, 'clock' | 'log' | 'metrics'>;
type Openers = Readonly<Record<string, (base: BaseApp) => unknown>>;
type OpenedParts<Parts extends Openers> = { readonly [Name in keyof Parts]: ReturnType<Parts[Name]> };
type SettingName = Parameters<typeof setting>[0];

/**
 * Builds the app of a deployed function: clock, log and metrics, the parts it opens, and the settings it names, each read once at start-up.
 * The function passes the openers itself, so that its bundle holds no part of another function: `pg`, for example, stays out of functions
 * without a database. Throws for a missing setting, and names the variable.
 */
export function wire<Parts extends Openers, Name extends SettingName = never>(
  parts: Parts,
  ...settings: readonly Name[]
): BaseApp & OpenedParts<Parts> & Readonly<Record<Name, string>> {
  const base: BaseApp = { clock: systemClock, log, metrics };
  const opened = Object.fromEntries(Object.entries(parts).map(([name, open]) => [name, open(base)])) as OpenedParts<Parts>;
  const read = Object.fromEntries(settings.map((name) => [name, setting(name)])) as Record<Name, string>;
  return { ...base, ...opened, ...read };
}
