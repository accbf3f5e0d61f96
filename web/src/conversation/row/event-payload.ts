/** Limit of characters per value; longer ones are cut. */
const longest = 400;

/** A payload as pairs of name and value; nested values have their path as name. */
export function payloadPairs(payload: Readonly<Record<string, unknown>>): (readonly [name: string, value: string])[] {
  return Object.entries(payload).flatMap(([name, value]) => pairsOf(name, value, 0));
}

function pairsOf(name: string, value: unknown, depth: number): (readonly [string, string])[] {
  if (typeof value === 'object' && value !== null && !Array.isArray(value) && depth < 1 && Object.keys(value).length > 0) {
    return Object.entries(value).flatMap(([key, inner]) => pairsOf(`${name}.${key}`, inner, depth + 1));
  }
  return [[name, shortened(textOf(value))]];
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value) && value.every((item) => typeof item !== 'object')) return value.map(String).join(', ');
  return JSON.stringify(value) ?? '';
}

function shortened(text: string): string {
  const characters = Array.from(text);
  return characters.length <= longest ? text : `${characters.slice(0, longest).join('')}…`;
}
