import type { Local } from '../../local/run.ts';
import { earlierThan } from '../../scripts/demo-memory/read-memory.ts';
import type { RememberedStream } from '../../scripts/demo-memory/read-memory.ts';

/** What memory made of a story. */
export interface Outcome {
  readonly streams: readonly RememberedStream[];
  /** How many points the index holds of it. */
  readonly points: number;
}

/** How many points the index holds of a workspace. */
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

/** Where the epochs begin and end, why, and what they are about; an open one has no label yet that stays. */
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

/** What closed epochs come back to, with how sure it is, by places instead of ids. */
export function linksIn({ streams }: Outcome): Map<string, number> {
  const places = new Map(streams.flatMap(({ slug, epochs }) => epochs.map(({ id, firstSeq }) => [id, `${slug} ${firstSeq}`])));
  const closed = streams.flatMap(({ epochs }) => epochs.filter(({ status }) => status === 'closed'));
  return new Map(
    closed.flatMap((epoch) =>
      earlierThan(epoch).map(({ epochId, score }) => [`${places.get(epoch.id)} to ${places.get(epochId)}`, score] as const),
    ),
  );
}
