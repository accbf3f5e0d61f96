import type { Local } from '../../local/run.ts';
import { earlierThan } from '../../scripts/demo-memory/read-memory.ts';
import type { RememberedStream } from '../../scripts/demo-memory/read-memory.ts';

/** Memory of a story. */
export interface Outcome {
  readonly streams: readonly RememberedStream[];
  /** Number of points in the index. */
  readonly points: number;
}

/** Number of a workspace's points in the index. */
export async function countPoints({ qdrant }: Local, workspaceId: string): Promise<number> {
  const send = async (at: string, body?: object): Promise<unknown> => {
    const request = body && { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
    const response = await fetch(`${qdrant.url}${at}`, request);
    return ((await response.json()) as { result: unknown }).result;
  };
  const { collections } = (await send('/collections')) as { collections: { name: string }[] };
  const filter = { must: [{ key: 'workspace_id', match: { value: workspaceId } }] };
  const counts = collections.map(({ name }) => send(`/collections/${name}/points/count`, { filter, exact: true }));
  return (await Promise.all(counts)).reduce<number>((sum, found) => sum + (found as { count: number }).count, 0);
}

/** Epochs with their ranges, closing reasons and labels. The label of an open epoch is left out, because it still changes. */
export const epochsIn = ({ streams }: Outcome) =>
  streams.flatMap(({ slug, epochs }) =>
    epochs.map(({ status, barrier, firstSeq, lastSeq, messageCount, label, indexed }) => ({
      slug,
      range: [firstSeq, lastSeq] as const,
      messageCount,
      barrier,
      ...(status === 'closed' && { label, indexed }),
    })),
  );

/** Links of closed epochs with their scores, by place instead of id. */
export function linksIn({ streams }: Outcome): Map<string, number> {
  const places = new Map(streams.flatMap(({ slug, epochs }) => epochs.map(({ id, firstSeq }) => [id, `${slug} ${firstSeq}`])));
  const closed = streams.flatMap(({ epochs }) => epochs.filter(({ status }) => status === 'closed'));
  return new Map(
    closed.flatMap((epoch) =>
      earlierThan(epoch).map(({ epochId, score }) => [`${places.get(epoch.id)} to ${places.get(epochId)}`, score] as const),
    ),
  );
}
