import type { Schemas } from '@qdrant/js-client-rest';
import { pointId } from './point.ts';
import type { PointKind } from './point.ts';

/** Who asks, and for what. A point that this does not let through is not found by any way of asking. */
export interface Scope {
  readonly workspaceId: string;
  /** All kinds when it is absent. */
  readonly kinds?: readonly PointKind[];
  /** `all` is for what no reader is shown before it was checked again. */
  readonly readable: Readable | 'all';
  readonly exclude?: readonly string[];
  /** Said at this time or later. */
  readonly after?: Date;
  /** Said before this time. */
  readonly before?: Date;
}
export interface Readable {
  /** Everything that is public, beside the streams that are named. */
  readonly publicToo: boolean;
  readonly streamIds: readonly string[];
}

/** What a change of many points is about. */
export interface Where {
  readonly workspaceId: string;
  readonly streamId?: string;
  readonly kind?: PointKind;
}

/** Who may read nothing finds nothing: there is no filter that says so. */
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

export function whereFilter({ workspaceId, streamId, kind }: Where): Schemas['Filter'] {
  const must = [is('workspace_id', workspaceId)];
  if (streamId !== undefined) must.push(is('stream_id', streamId));
  if (kind !== undefined) must.push(is('kind', kind));
  return { must };
}
