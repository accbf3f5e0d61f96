import { existsSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { readCues } from '../functions/epochs/cues.ts';
import { fitAssociations } from '../functions/epochs/fit-associations.ts';
import { coldKnowledge, emptyState, step } from '../functions/epochs/segmenter.ts';
import type { Knowledge } from '../functions/epochs/segmenter.ts';
import type { Dialogue } from './support/segmentation-data.ts';
import { readDialogues } from './support/segmentation-data.ts';
import { meanOf, scoreOf } from './support/segmentation-score.ts';
import { textTiling } from './support/text-tiling.ts';

/**
 * Where the shipped segmenter begins epochs, beside where people saw the subject change. It takes the dialogues of a file in order, each
 * message by what came before it only. `--online` has the associations learn from the dialogues before, cut as the segmenter cut them and
 * not as people did; without it each dialogue is the first of its workspace. `--roles` lets only users change the subject, where the file
 * says who is one. `--segmenter texttiling` runs NLTK's TextTiling in its place, to hold the scorer against published figures. Messages are
 * counted a second of processor time, learning included: a busy machine changes nothing.
 */
const { values: given } = parseArgs({
  options: {
    data: { type: 'string', multiple: true },
    out: { type: 'string' },
    online: { type: 'boolean', default: false },
    roles: { type: 'boolean', default: false },
    segmenter: { type: 'string', default: 'streambed' },
  },
});

/** Dialogues after which the associations are learned anew; after the last, whenever there are twice as many. */
const lessons = [25, 50, 100, 200];

const besideTheCheckout = ['tiage', 'superdialseg-validation'].map((set) => `../shared/data/segmentation/${set}.jsonl`);

function cutDialogue({ messages }: Dialogue, knowledge: Knowledge): number[] {
  const boundaries: number[] = [];
  let state = emptyState;
  for (const [at, { text, role }] of messages.entries()) {
    const isAssistant = role !== undefined && role !== 'user';
    const taken = step(state, { text, authorId: role ?? '', isAssistant, hasRoles: given.roles && role !== undefined }, knowledge);
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

function cutAll(dialogues: readonly Dialogue[]): { cuts: number[][]; trust: number | undefined } {
  let knowledge = coldKnowledge;
  let next = lessons[0] ?? 0;
  const cuts = dialogues.map((dialogue, at) => {
    if (given.segmenter === 'texttiling') return textTiling(dialogue.messages.map(({ text }) => text));
    if (given.online && at === next) {
      knowledge = learn(dialogues.slice(0, at));
      next = lessons.find((lesson) => lesson > at) ?? 2 * at;
    }
    return cutDialogue(dialogue, knowledge);
  });
  return { cuts, trust: knowledge.associations?.trust };
}

function run(file: string): void {
  const dialogues = readDialogues(file);
  const before = process.cpuUsage();
  const { cuts, trust } = cutAll(dialogues);
  const { user, system } = process.cpuUsage(before);
  const seconds = (user + system) / 1e6;
  const total = (lists: readonly (readonly unknown[])[]) => lists.reduce((sum, list) => sum + list.length, 0);
  const gold = dialogues.map(({ boundaries }) => boundaries);
  const scores = dialogues.map(({ messages, boundaries }, at) => scoreOf(messages.length, boundaries, cuts[at] ?? []));
  const figures = {
    ...meanOf(scores),
    boundaryRatio: total(cuts) / total(gold),
    messagesPerSecond: Math.round(total(dialogues.map(({ messages }) => messages)) / seconds),
    ...(trust !== undefined && { trust }),
  };
  const rounded = Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, Math.round(value * 1e4) / 1e4]));
  const { segmenter, online, roles } = given;
  const set = basename(file, '.jsonl');
  console.log(JSON.stringify({ bench: 'epochs', set, segmenter, online, roles, dialogues: dialogues.length, ...rounded }));
  if (given.out === undefined) return;
  writeFileSync(given.out, dialogues.map(({ id }, at) => `${JSON.stringify({ id, boundaries: cuts[at] })}\n`).join(''));
}

function filesToRun(): string[] {
  if (given.segmenter !== 'streambed' && given.segmenter !== 'texttiling')
    throw new Error(`--segmenter is streambed or texttiling, not ${given.segmenter}`);
  const files = given.data ?? besideTheCheckout.filter((file) => existsSync(file));
  if (files.length === 0) throw new Error('There are no dialogues beside the checkout: give a file with --data');
  if (given.out !== undefined && files.length > 1) throw new Error('--out takes the predictions of one file: give it with --data');
  return files;
}

try {
  for (const file of filesToRun()) run(file);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
