import type { ListRelated, RelatedList } from '../../../contract/epoch.ts';
import { EpochId } from '../../../contract/ids.ts';
import { vectorOfNothing } from '../../embeddings/embedder.ts';
import type { App } from '../../platform/app.ts';
import type { UserCaller } from '../../platform/authenticate.ts';
import { AppError } from '../../platform/errors.ts';
import { accessPlainStream } from '../../streams/access.ts';
import { accessEpoch } from '../epochs/access-epoch.ts';
import { isAway, openAsked, scopeOf } from '../search/open-search.ts';
import type { AskApp } from '../search/open-search.ts';
import { findCandidates } from '../links/find-candidates.ts';
import type { Found } from '../links/find-candidates.ts';
import type { KnowledgeSource } from '../learning/knowledge.ts';
import { discounted } from '../indexing/link-epochs.ts';
import { listLinks, listVisibleRelated } from '../links/link-store.ts';
import { findMemoryOfStream, findReadable } from '../settings/status-store.ts';
import type { ReadableStreams } from '../settings/status-store.ts';
import { createRarity } from '../learning/rarity.ts';
import type { Rarity } from '../learning/rarity.ts';
import { countRejections } from '../links/relate-store.ts';
import { likelyRelated } from '../links/likely-links.ts';

export type RelatedApp = AskApp & { readonly knowledge: KnowledgeSource };

/** What an epoch is related to, as far as the caller may see it. */
export async function listEpochRelated(
  app: Pick<App, 'db' | 'clock'>,
  caller: UserCaller,
  input: Omit<ListRelated, 'text'> & { epochId: string },
): Promise<RelatedList> {
  return app.db.transaction(caller.workspaceId, async (tx) => {
    const { epoch } = await accessEpoch(tx, caller, input.epochId, 'read');
    const { state } = await findMemoryOfStream(tx, epoch.streamId, app.clock.now());
    const items = await listLinks(tx, caller.userId, linksOf(epoch.id, input));
    return { epochId: epoch.id, items, memory: state };
  });
}

/** What the newest epoch of a stream is related to, or a text that is being written there, as far as the caller may see it. */
export async function listRelated(app: RelatedApp, caller: UserCaller, input: ListRelated & { streamId: string }): Promise<RelatedList> {
  const text = input.text ?? '';
  return text === '' ? ofNewest(app, caller, input) : ofText(app, caller, { ...input, text });
}

async function ofNewest(app: RelatedApp, caller: UserCaller, input: ListRelated & { streamId: string }): Promise<RelatedList> {
  return app.db.transaction(caller.workspaceId, async (tx) => {
    const { stream } = await accessPlainStream(tx, caller, input.streamId, 'read');
    const { epochId, state } = await findMemoryOfStream(tx, stream.id, app.clock.now());
    const items = epochId === undefined ? [] : await listLinks(tx, caller.userId, linksOf(epochId, input));
    return { epochId: epochId === undefined ? null : EpochId.parse(epochId), items, memory: state };
  });
}

const linksOf = (epochId: string, { rejected, limit }: Omit<ListRelated, 'text'>) => ({
  epochId,
  withRejected: rejected === 'true',
  limit,
});

/** Somebody is writing: when memory cannot be asked they see that it is behind, and write on. */
async function ofText(
  app: RelatedApp,
  caller: UserCaller,
  { streamId, text, limit }: ListRelated & { streamId: string; text: string },
): Promise<RelatedList> {
  const { readable, rarity } = await app.db.transaction(caller.workspaceId, async (tx) => {
    await accessPlainStream(tx, caller, streamId, 'read');
    const [found, knowledge] = await Promise.all([findReadable(tx, caller.userId, app.clock.now()), app.knowledge.newest(tx)]);
    if (!found) throw new AppError('not_found');
    return { readable: found, rarity: createRarity(knowledge) };
  });
  const near = await nearTo(app, caller.workspaceId, { readable, rarity, text });
  if (!near) return { epochId: null, items: [], memory: 'behind' };
  if (near.length === 0) return { epochId: null, items: [], memory: readable.state };
  const items = await app.db.transaction(caller.workspaceId, async (tx) => {
    const rejections = await countRejections(
      tx,
      near.map(({ id }) => id),
    );
    const found = likelyRelated(near.map((one) => discounted(one, rejections)));
    return found.length === 0 ? [] : listVisibleRelated(tx, caller.userId, { found, limit });
  });
  return { epochId: null, items, memory: readable.state };
}

/** Undefined when the provider of embeddings or the index could not be asked. */
async function nearTo(
  app: RelatedApp,
  workspaceId: string,
  { readable, rarity, text }: { readable: ReadableStreams; rarity: Rarity; text: string },
): Promise<Found[] | undefined> {
  try {
    const { index, embedder } = await openAsked(app, readable.model);
    // While the index is that of another model, its words are compared alone.
    const [vector] = embedder ? await embedder.embed([text], 'query') : [];
    return await findCandidates(index, {
      scope: scopeOf(workspaceId, readable),
      text,
      vector: vector ?? vectorOfNothing(index.dimension),
      isOffline: embedder === undefined || embedder.isOffline,
      rarityOf: rarity.ofIndex,
    });
  } catch (error) {
    if (!isAway(error)) throw error;
    app.log.warn('What is related to a text could not be asked', { error });
    return undefined;
  }
}
