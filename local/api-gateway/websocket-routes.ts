import type { WebSocketRouteDefinition } from '../definitions.ts';

/** Picks the route of a message: the value of the expression in its JSON body, else `$default`; undefined when neither exists. */
export function webSocketRouter(expression: string, routes: readonly WebSocketRouteDefinition[]) {
  const byKey = new Map(routes.map((route) => [route.routeKey, route]));
  const path = /^\$?\{?\$?request\.body\.([\w.-]+)\}?$/.exec(expression)?.[1]?.split('.');
  if (!path && !/^[\w$-]+$/.test(expression))
    throw new Error(`the route selection expression ${expression} is not one that the runner knows`);
  const keyOf = (body: string): string => {
    if (!path) return expression;
    try {
      let value: unknown = JSON.parse(body);
      for (const name of path) value = (value as Record<string, unknown> | null | undefined)?.[name];
      return typeof value === 'string' || typeof value === 'number' ? String(value) : '$default';
    } catch {
      return '$default';
    }
  };
  return (body: string): WebSocketRouteDefinition | undefined => {
    const key = keyOf(body);
    const reserved = key === '$connect' || key === '$disconnect';
    return (reserved ? undefined : byKey.get(key)) ?? byKey.get('$default');
  };
}
