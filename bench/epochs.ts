import { existsSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { readCues } from '../functions/epochs/segmenter/cues.ts';
import { fitAssociations } from '../functions/epochs/segmenter/fit-associations.ts';
import { coldKnowledge, emptyState, step } from '../functions/epochs/segmenter/segmenter.ts';
import type { Knowledge } from '../functions/epochs/segmenter/segmenter.ts';
import { NoData } from './support/bench.ts';
import type { Bench } from './support/bench.ts';
import { createChance, messageAbout } from './support/memory/memory-topics.ts';
import type { Dialogue } from './support/memory/segmentation-data.ts';
import { readDialogues } from './support/memory/segmentation-data.ts';
import { meanOf, scoreOf } from './support/memory/segmentation-score.ts';
import { textTiling } from './support/memory/text-tiling.ts';

/** `dialogues` is the number of generated dialogues, used when no file is given. */
const full = { data: [] as readonly string[], out: '', online: false, roles: false, segmenter: 'streambed', dialogues: 0 };
const smoke = { ...full, online: true, dialogues: 60 };
type Sizes = typeof full;

/**
 * Boundaries of the shipped segmenter, compared with those that annotators set. It reads a file's dialogues in order and decides on each
 * message from earlier messages only. Options:
 * - `--online`: the associations learn from earlier dialogues, as the segmenter cut them. Without it each dialogue starts cold.
 * - `--roles`: only messages of users may open an epoch, where the file has roles.
 * - `--segmenter texttiling`: runs NLTK's TextTiling instead, to check the scorer against published figures.
 * - `--out`: writes the predicted boundaries.
 * Throughput is messages per second of processor time, learning included, so other load on the machine does not change it.
 */
export const bench: Bench<Sizes> = {
  full,
  smoke,
  async run(sizes, run) {
    for (const { set, dialogues } of setsOf(sizes)) {
      const before = process.cpuUsage();
      const { cuts, trust } = await cutAll(dialogues, sizes);
      const { user, system } = process.cpuUsage(before);
      const { segmenter, online, roles } = sizes;
      const scores = scoresOf(dialogues, cuts, (user + system) / 1e6);
      const how = [segmenter, ...(online ? ['online'] : []), ...(roles ? ['roles'] : [])].join(', ');
      run.report({
        figure: `F1, Pk and WindowDiff in one, ${set} (${how})`,
        value: scores.score,
        unit: '',
        set,
        segmenter,
        online,
        roles,
        dialogues: dialogues.length,
        ...scores,
        ...(trust !== undefined && { trust: rounded(trust) }),
      });
      if (sizes.out !== '')
        writeFileSync(sizes.out, dialogues.map(({ id }, at) => `${JSON.stringify({ id, boundaries: cuts[at] })}\n`).join(''));
    }
  },
};

/** Dialogue counts after which the associations are rebuilt; beyond the last one, at each doubling. */
const lessons = [25, 50, 100, 200];

const besideTheCheckout = ['tiage', 'superdialseg-validation'].map((set) => `../shared/data/segmentation/${set}.jsonl`);

function setsOf({ data, out, segmenter, dialogues }: Sizes): { set: string; dialogues: Dialogue[] }[] {
  if (segmenter !== 'streambed' && segmenter !== 'texttiling') throw new Error(`--segmenter is streambed or texttiling, not ${segmenter}`);
  if (data.length === 0 && dialogues > 0) return [{ set: 'made-up', dialogues: makeUpDialogues(dialogues) }];
  const files = data.length > 0 ? data : besideTheCheckout.filter((file) => existsSync(file));
  if (files.length === 0) throw new NoData('There are no dialogues beside the checkout: give a file with --data');
  if (out !== '' && files.length > 1) throw new Error('--out takes the predictions of one file: give it with --data');
  return files.map((file) => ({ set: basename(file, '.jsonl'), dialogues: readDialogues(file) }));
}

/** Generates dialogues of two subjects, 5 to 8 messages about each. */
function makeUpDialogues(count: number): Dialogue[] {
  const chance = createChance(5);
  return Array.from({ length: count }, (_, at) => {
    const lengths = [5 + Math.floor(chance() * 4), 5 + Math.floor(chance() * 4)];
    const messages = lengths.flatMap((length, half) =>
      Array.from({ length }, (_, n) => ({ text: messageAbout((at * 7 + half * 11) % 300, chance), role: n % 2 === 0 ? 'user' : 'agent' })),
    );
    return { id: `made-up-${at}`, messages, boundaries: lengths.slice(0, 1) };
  });
}

function cutDialogue({ messages }: Dialogue, knowledge: Knowledge, withRoles: boolean): number[] {
  const boundaries: number[] = [];
  let state = emptyState;
  for (const [at, { text, role }] of messages.entries()) {
    const isAssistant = role !== undefined && role !== 'user';
    const taken = step(state, { text, authorId: role ?? '', isAssistant, hasRoles: withRoles && role !== undefined }, knowledge);
    if (taken.opens) boundaries.push(at);
    state = taken.state;
  }
  return boundaries;
}

function learn(past: readonly Dialogue[]): Knowledge {
  const conversations = past.map(({ id, messages }) => ({ streamId: id, messages: messages.map(({ text }) => readCues(text).terms) }));
  const associations = fitAssociations(conversations);
  return { background: associations.background, associations };
}

async function cutAll(
  dialogues: readonly Dialogue[],
  { segmenter, online, roles }: Sizes,
): Promise<{ cuts: number[][]; trust: number | undefined }> {
  let knowledge = coldKnowledge;
  let next = lessons[0] ?? 0;
  const cuts: number[][] = [];
  for (const [at, dialogue] of dialogues.entries()) {
    // Yields to the event loop, so that a signal can end the bench.
    await setImmediate();
    if (segmenter === 'texttiling') {
      cuts.push(textTiling(dialogue.messages.map(({ text }) => text)));
      continue;
    }
    if (online && at === next) {
      knowledge = learn(dialogues.slice(0, at));
      next = lessons.find((lesson) => lesson > at) ?? 2 * at;
    }
    cuts.push(cutDialogue(dialogue, knowledge, roles));
  }
  return { cuts, trust: knowledge.associations?.trust };
}

function scoresOf(dialogues: readonly Dialogue[], cuts: readonly (readonly number[])[], seconds: number) {
  const total = (lists: readonly (readonly unknown[])[]) => lists.reduce((sum, list) => sum + list.length, 0);
  const gold = dialogues.map(({ boundaries }) => boundaries);
  const { pk, windowDiff, f1, score } = meanOf(
    dialogues.map(({ messages, boundaries }, at) => scoreOf(messages.length, boundaries, cuts[at] ?? [])),
  );
  return {
    pk: rounded(pk),
    windowDiff: rounded(windowDiff),
    f1: rounded(f1),
    score: rounded(score),
    boundaryRatio: rounded(total(cuts) / total(gold)),
    messagesPerSecond: Math.round(total(dialogues.map(({ messages }) => messages)) / seconds),
  };
}

const rounded = (value: number) => Math.round(value * 1e4) / 1e4;
