import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { createChance, sentenceAbout } from './memory-topics.ts';

/** A judged retrieval set: documents, queries and relevance grades. */
export interface RetrievalSet {
  readonly documents: readonly RetrievalDocument[];
  readonly queries: readonly RetrievalQuery[];
  /** Grades by document, by query; zero is judged and not relevant. */
  readonly judged: ReadonlyMap<string, ReadonlyMap<string, number>>;
}
export type RetrievalDocument = z.infer<typeof RetrievalDocument>;
const RetrievalDocument = z.object({ id: z.string(), title: z.string().default(''), text: z.string() });
export type RetrievalQuery = z.infer<typeof RetrievalQuery>;
const RetrievalQuery = z.object({ id: z.string(), text: z.string() });

/** Reads `docs.ndjson`, `queries.ndjson` and `qrels.tsv` of a folder. Throws with file and line at the first malformed one. */
export function readRetrievalSet(folder: string): RetrievalSet {
  const judged = new Map<string, Map<string, number>>();
  for (const [at, line] of linesOf(folder, 'qrels.tsv').entries()) {
    const [query, document, grade] = line.split('\t');
    if (query === undefined || document === undefined || grade === undefined || !Number.isFinite(Number(grade)))
      throw new Error(`qrels.tsv:${at + 1}: is not query, document and grade between tabs`);
    const ofQuery = judged.get(query) ?? new Map<string, number>();
    judged.set(query, ofQuery.set(document, Number(grade)));
  }
  return { documents: parse(folder, 'docs.ndjson', RetrievalDocument), queries: parse(folder, 'queries.ndjson', RetrievalQuery), judged };
}

/** Generates a set: a document about each subject, and a query about it in other words. */
export function makeUpRetrievalSet(documents: number): RetrievalSet {
  const chance = createChance(3);
  const topics = Array.from({ length: documents }, (_, topic) => topic);
  const about = (topic: number) => [0, 1, 2].map(() => sentenceAbout(topic, chance)).join('. ');
  return {
    documents: topics.map((topic) => ({ id: `made-up-${topic}`, title: '', text: about(topic) })),
    queries: topics.map((topic) => ({ id: String(topic), text: sentenceAbout(topic, chance) })),
    judged: new Map(topics.map((topic) => [String(topic), new Map([[`made-up-${topic}`, 1]])])),
  };
}

function linesOf(folder: string, name: string): string[] {
  const path = join(folder, name);
  if (!existsSync(path)) throw new Error(`${path} is not there; --data takes a folder with docs.ndjson, queries.ndjson and qrels.tsv.`);
  return readFileSync(path, 'utf8')
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '');
}

const parse = <T>(folder: string, name: string, schema: z.ZodType<T>): T[] =>
  linesOf(folder, name).map((line, at) => {
    try {
      return schema.parse(JSON.parse(line));
    } catch (error) {
      throw new Error(`${name}:${at + 1}: ${(error as Error).message}`, { cause: error });
    }
  });

/** Quality of rankings, as the mean over the queries with at least one relevant document; each figure is from 0 to 1. */
export interface Quality {
  /** Mean average precision over all relevant documents. */
  readonly map: number;
  /** Normalized discounted cumulative gain of the first ten, by grades. */
  readonly ndcg10: number;
  /** Share of the relevant documents among the first hundred. */
  readonly recall100: number;
}

export function qualityOf(set: Pick<RetrievalSet, 'judged'>, rankings: ReadonlyMap<string, readonly string[]>): Quality {
  const each = [...rankings].flatMap(([query, ranking]) => {
    const grades = set.judged.get(query) ?? new Map<string, number>();
    return [...grades.values()].some((grade) => grade > 0) ? [qualityOfOne(grades, ranking)] : [];
  });
  const mean = (figure: keyof Quality) => each.reduce((sum, one) => sum + one[figure], 0) / Math.max(1, each.length);
  return { map: mean('map'), ndcg10: mean('ndcg10'), recall100: mean('recall100') };
}

/** A document that occurs twice counts once. */
function qualityOfOne(grades: ReadonlyMap<string, number>, ranking: readonly string[]): Quality {
  const order = [...new Set(ranking)].map((id) => grades.get(id) ?? 0);
  const relevant = [...grades.values()].filter((grade) => grade > 0).length;
  let found = 0;
  let precisions = 0;
  for (const [at, grade] of order.entries()) if (grade > 0) precisions += ++found / (at + 1);
  const best = [...grades.values()].toSorted((a, b) => b - a);
  return {
    map: precisions / relevant,
    ndcg10: gain(order) / gain(best),
    recall100: order.slice(0, 100).filter((grade) => grade > 0).length / relevant,
  };
}

const gain = (grades: readonly number[]): number =>
  grades.slice(0, 10).reduce((sum, grade, at) => sum + Math.max(0, grade) / Math.log2(at + 2), 0);
