import { parseArgs } from 'node:util';

/**
 * Reads the sizes of a bench from its command line. The type of each default decides the kind of option: a number, a text, a flag, or a
 * repeatable option. Throws an error that names the option.
 */
export function readSizes<Sizes extends object>(args: readonly string[], defaults: Sizes): Sizes {
  const entries = Object.entries(defaults) as [string, unknown][];
  const options = Object.fromEntries(
    entries.map(([key, value]) => [
      optionOf(key),
      typeof value === 'boolean' ? { type: 'boolean' as const } : { type: 'string' as const, multiple: Array.isArray(value) },
    ]),
  );
  const { values } = parseArgs({ args: [...args], options });
  const read = entries.map(([key, value]) => {
    const given = values[optionOf(key)];
    if (given === undefined) return [key, value];
    return [key, typeof value === 'number' && typeof given === 'string' ? numberOf(optionOf(key), given) : given];
  });
  return Object.fromEntries(read) as Sizes;
}

const optionOf = (key: string): string => key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

function numberOf(option: string, text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < 0) throw new Error(`--${option} takes a number, not "${text}"`);
  return value;
}
