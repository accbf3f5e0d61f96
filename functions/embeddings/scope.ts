import type { Schemas } from '@qdrant/js-client-rest';
import { pointId } from './point.ts';
import type { PointKind } from './point.ts';

/** The filter of a query: no search method finds a point outside it. */
export interface Scope {
  readonly workspaceId: string;
  /** All kinds when absent. */
  readonly kinds?: readonly PointKind[];
  /** `all` is for results that are checked for each reader before they are shown. */
  readonly readable: Readable | 'all';
  readonly exclude?: readonly string[];
  /** Inclusive lower bound of the time. */
  readonly after?: Date;
  /** Exclusive upper bound of the time. */
  readonly before?: Date;
}
export interface Readable {
  /** Includes all public streams beside the named ones. */
  readonly publicToo: boolean;
  readonly streamIds: readonly string[];
}

/** The points that a bulk change applies to. */
export interface PointSelection {
  readonly workspaceId: string;
  readonly streamId?: string;
  readonly kind?: PointKind;
}

/** A caller without any stream finds nothing: Qdrant has no filter that matches no point. */
export const readsNothing = ({ readable }: Scope): boolean => readable !== 'all' && !readable.publicToo && readable.streamIds.length === 0;

const is = (key: string, value: string): Schemas['FieldCondition'] => ({ key, match: { value } });
const isAny = (key: string, values: readonly string[]): Schemas['FieldCondition'] => ({ key, match: { any: [...values] } });

export function scopeFilter(scope: Scope, among?: readonly string[]): Schemas['Filter'] {
  const { workspaceId, kinds, readable, exclude = [], after, before } = scope;
  const ids = (of: readonly string[]) => ({ has_id: of.map((id) => pointId(workspaceId, id)) });
  const must: Schemas['Condition'][] = [is('workspace_id', workspaceId)];
  if (kinds) must.push(isAny('kind', kinds));
  if (after || before) must.push({ key: 'at', range: { ...(after && { gte: after.getTime() }), ...(before && { lt: before.getTime() }) } });
  if (among) must.push(ids(among));
  const should: Schemas['Condition'][] = [];
  if (readable !== 'all' && readable.publicToo) should.push(is('visibility', 'public'));
  if (readable !== 'all' && readable.streamIds.length > 0) should.push(isAny('stream_id', readable.streamIds));
  return { must, should, ...(exclude.length > 0 && { must_not: [ids(exclude)] }) };
}

export function whereFilter({ workspaceId, streamId, kind }: PointSelection): Schemas['Filter'] {
  const must = [is('workspace_id', workspaceId)];
  if (streamId !== undefined) must.push(is('stream_id', streamId));
  if (kind !== undefined) must.push(is('kind', kind));
  return { must };
}
