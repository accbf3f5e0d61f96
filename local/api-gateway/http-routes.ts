import type { HttpRouteDefinition } from '../definitions.ts';

export interface RouteMatch {
  readonly route: HttpRouteDefinition;
  /** Path parameters, by their names in the route key. */
  readonly parameters: Record<string, string>;
}

interface CompiledRoute {
  readonly route: HttpRouteDefinition;
  readonly method: string;
  readonly segments: readonly string[];
}

/** Picks the route of a request as HTTP APIs do: literal segments before parameters before greedy ones, a method before ANY, `$default` last. */
export function httpRouter(routes: readonly HttpRouteDefinition[]): (method: string, path: string) => RouteMatch | undefined {
  const compiled = routes.filter(({ routeKey }) => routeKey !== '$default').map(compile);
  compiled.sort(bySpecificity);
  const fallback = routes.find(({ routeKey }) => routeKey === '$default');
  return (method, path) => {
    const segments = path.split('/');
    for (const { route, method: wanted, segments: pattern } of compiled) {
      if (wanted !== 'ANY' && wanted !== method) continue;
      const parameters = match(pattern, segments);
      if (parameters) return { route, parameters };
    }
    return fallback && { route: fallback, parameters: {} };
  };
}

function compile(route: HttpRouteDefinition): CompiledRoute {
  const [, method, path] = /^([A-Z]+) (\/.*)$/.exec(route.routeKey) ?? [];
  if (method === undefined || path === undefined) throw new Error(`"${route.routeKey}" is not a route key of an HTTP API`);
  return { route, method, segments: path.split('/') };
}

const isGreedy = (segment: string) => /^\{[^}]+\+\}$/.test(segment);
const isParameter = (segment: string) => /^\{[^}]+\}$/.test(segment);
const rank = (segment: string) => (isGreedy(segment) ? 2 : isParameter(segment) ? 1 : 0);

function bySpecificity(a: CompiledRoute, b: CompiledRoute): number {
  for (let i = 0; i < Math.min(a.segments.length, b.segments.length); i++) {
    const difference = rank(a.segments[i] as string) - rank(b.segments[i] as string);
    if (difference !== 0) return difference;
  }
  return Number(a.method === 'ANY') - Number(b.method === 'ANY');
}

function match(pattern: readonly string[], segments: readonly string[]): Record<string, string> | undefined {
  const parameters: [string, string][] = [];
  for (const [i, wanted] of pattern.entries()) {
    const given = segments[i];
    if (given === undefined) return undefined;
    if (isGreedy(wanted)) {
      const rest = segments.slice(i).join('/');
      return rest === '' ? undefined : Object.fromEntries([...parameters, [wanted.slice(1, -2), rest]]);
    }
    if (isParameter(wanted)) {
      if (given === '') return undefined;
      parameters.push([wanted.slice(1, -1), given]);
    } else if (wanted !== given) return undefined;
  }
  return segments.length === pattern.length ? Object.fromEntries(parameters) : undefined;
}
