import { AppError } from '../errors.ts';

/** Maximum nesting depth of objects and arrays in a request or a frame. */
const maxDepth = 64;

/** Throws `invalid_input` for a JSON value that is nested too deep for the schemas, which are recursive. `path` names the value. */
export function refuseDeep(path: string, json: unknown): void {
  if (!isDeeperThan(maxDepth, json)) return;
  const message = `must not be nested more than ${maxDepth} levels deep`;
  throw new AppError('invalid_input', `${path}: ${message}`, { errors: [{ path, message }] });
}

/** Measures depth level by level. A recursive check would run out of stack on a body built to cause that. */
function isDeeperThan(levels: number, json: unknown): boolean {
  let level = [json];
  for (let depth = 0; depth <= levels; depth++) {
    level = level.flatMap((value) => (typeof value === 'object' && value !== null ? Object.values(value) : []));
    if (level.length === 0) return false;
  }
  return true;
}
