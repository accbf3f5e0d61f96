import type { Barrier } from '../../../contract/epoch.ts';
import type { App } from '../../platform/app.ts';
import type { DueWorkspaces } from '../due-workspaces.ts';
import { encodeAssociations } from '../segmenter/association-model.ts';
import { readCues } from '../segmenter/cues.ts';
import { fitAssociations } from '../segmenter/fit-associations.ts';
import type { Conversation } from '../segmenter/fit-associations.ts';
import { findLearningStart, listClosedEpochTexts, readLearnedCount, replaceAssociations } from './association-store.ts';

type LearnApp = Pick<App, 'db' | 'clock' | 'log'> & { readonly due: DueWorkspaces };

/** Closed epochs before the first model, and their growth before the next one. */
const minEpochs = 20;
const growth = 0.2;
/** The newest messages that a model learns from: older ones say less about how people write today. */
const maxMessages = 200_000;

/**
 * Learns word associations, every ten minutes, for each workspace that has closed enough epochs since its last model. Safe to repeat: a model
 * replaces the one before it. `hasTime` returns false when no further workspace can be started.
 */
export async function learnAssociations(app: LearnApp, hasTime: () => boolean): Promise<{ learned: number }> {
  let learned = 0;
  for (const { workspaceId, epochs } of await app.due.listClosed()) {
    if (!hasTime()) break;
    const known = await app.db.transaction({ workspaceId }, readLearnedCount);
    if (epochs < Math.max(minEpochs, growth * known.epochCount)) continue;
    // Words that were taken out of the model meanwhile may be in the new one: the next run learns again.
    if (!(await learn(app, workspaceId, known.version))) continue;
    await app.due.forgetClosed(workspaceId, epochs);
    learned++;
  }
  return { learned };
}

/** Learns from all that is there; false if the model of `known` changed meanwhile. */
async function learn(app: LearnApp, workspaceId: string, known: number): Promise<boolean> {
  const startedAt = performance.now();
  const conversations = await read(app, workspaceId);
  const model = fitAssociations(conversations, { maxMessages });
  const bytes = encodeAssociations(model);
  const version = await app.db.transaction({ workspaceId }, (tx) =>
    replaceAssociations(tx, { model: bytes, trust: model.trust, version: known, now: app.clock.now() }),
  );
  if (version === undefined) return false;
  app.log.info('Learned how a workspace speaks', {
    workspaceId,
    version,
    trust: model.trust,
    terms: model.rows.size,
    bytes: bytes.length,
    milliseconds: Math.round(performance.now() - startedAt),
  });
  return true;
}

/** Epochs per page. */
const epochsPerPage = 200;
/** Barriers that are facts. A `drift` barrier is a guess, and no evidence for the next guess. */
const facts: readonly Barrier[] = ['gap', 'idle', 'manual'];

/** Reads the terms of the messages between barriers that are facts, stream by stream. */
async function read(app: LearnApp, workspaceId: string): Promise<Conversation[]> {
  const since = await app.db.transaction({ workspaceId }, (tx) => findLearningStart(tx, maxMessages));
  const conversations: { streamId: string; messages: (readonly string[])[] }[] = [];
  let after = { streamId: '', firstSeq: 0 };
  let goesOn = false;
  for (;;) {
    const page = await app.db.transaction({ workspaceId }, (tx) => listClosedEpochTexts(tx, { after, since, limit: epochsPerPage }));
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
