import type { Barrier } from '../../../contract/epoch.ts';
import type { App } from '../../platform/app.ts';
import { encodeAssociations } from '../segmenter/association-model.ts';
import { findLearned, replaceAssociations } from './association-store.ts';
import { readCues } from '../segmenter/cues.ts';
import type { DueList } from '../due-workspaces.ts';
import { fitAssociations } from '../segmenter/fit-associations.ts';
import type { Conversation } from '../segmenter/fit-associations.ts';
import { findSince, listSaid } from './said-store.ts';

type LearnApp = Pick<App, 'db' | 'clock' | 'log'> & { readonly due: DueList };

/** Fewer closed epochs say nothing yet; after that it is learned anew when there are a fifth more. */
const fewestEpochs = 20;
const growth = 0.2;
/** The newest messages are learned from: how people spoke a year ago is not how they speak. */
const maxMessages = 200_000;

/**
 * The lesson, every ten minutes: of each workspace that has closed enough epochs since the last one, learns which words belong together. Safe to
 * repeat: it takes the place of what was learned before. `hasTime` says whether another workspace can still be begun.
 */
export async function learnAssociations(app: LearnApp, hasTime: () => boolean): Promise<{ learned: number }> {
  let learned = 0;
  for (const { workspaceId, epochs } of await app.due.listClosed()) {
    if (!hasTime()) break;
    const known = await app.db.transaction(workspaceId, findLearned);
    if (epochs < Math.max(fewestEpochs, growth * known.epochCount)) continue;
    await learn(app, workspaceId);
    await app.due.forgetClosed(workspaceId, epochs);
    learned++;
  }
  return { learned };
}

async function learn(app: LearnApp, workspaceId: string): Promise<void> {
  const startedAt = performance.now();
  const said = await read(app, workspaceId);
  const model = fitAssociations(said, { maxMessages });
  const bytes = encodeAssociations(model);
  const version = await app.db.transaction(workspaceId, (tx) =>
    replaceAssociations(tx, { model: bytes, trust: model.trust, now: app.clock.now() }),
  );
  app.log.info('Learned how a workspace speaks', {
    workspaceId,
    version,
    trust: model.trust,
    terms: model.rows.size,
    bytes: bytes.length,
    milliseconds: Math.round(performance.now() - startedAt),
  });
}

/** Epochs that are read at once. */
const epochsPerPage = 200;
/** Barriers that are facts: a change of subject that was guessed is no evidence for the next guess. */
const facts: readonly Barrier[] = ['gap', 'idle', 'manual'];

/** What was said between two barriers that are facts, as the terms of its messages, stream by stream. */
async function read(app: LearnApp, workspaceId: string): Promise<Conversation[]> {
  const since = await app.db.transaction(workspaceId, (tx) => findSince(tx, maxMessages));
  const conversations: { streamId: string; messages: (readonly string[])[] }[] = [];
  let after = { streamId: '', firstSeq: 0 };
  let goesOn = false;
  for (;;) {
    const page = await app.db.transaction(workspaceId, (tx) => listSaid(tx, { after, since, limit: epochsPerPage }));
    for (const { streamId, barrier, texts } of page) {
      let conversation = conversations.at(-1);
      if (!conversation || !goesOn || conversation.streamId !== streamId) conversations.push((conversation = { streamId, messages: [] }));
      conversation.messages.push(...texts.map((text) => readCues(text).terms));
      goesOn = !facts.includes(barrier);
    }
    const last = page.at(-1);
    if (!last || page.length < epochsPerPage) return conversations;
    after = { streamId: last.streamId, firstSeq: last.firstSeq };
  }
}
