import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';

const Progress = z.object({ workspaceId: z.string(), apiKey: z.string(), seeded: z.boolean() });

/** The demo workspace of a state folder, and whether its conversation is complete. */
export type DemoProgress = Readonly<z.infer<typeof Progress>>;

/**
 * The two files of the demo in a state folder. `demo-workspace.json` is the runner's own: it exists from the moment the workspace does.
 * `demo.json` is for readers: it exists only while an app runs whose demo is complete.
 */
export interface DemoFiles<Demo extends object> {
  /** Returns what an earlier start reached; undefined when there was none, or when its file cannot be read. */
  readProgress(): DemoProgress | undefined;
  saveProgress(progress: DemoProgress): Promise<void>;
  /** Writes `demo.json`. A reader sees all of it or no file. */
  publish(demo: Demo): Promise<void>;
  /** Deletes `demo.json`; the progress stays. Safe to repeat. */
  withdraw(): void;
}

/** Returns the demo's files in `folder`, which is made when it is missing. */
export function createDemoFiles<Demo extends object>(folder: string): DemoFiles<Demo> {
  mkdirSync(folder, { recursive: true });
  const published = path.join(folder, 'demo.json');
  const progress = path.join(folder, 'demo-workspace.json');
  return {
    readProgress: () => readProgress(progress),
    saveProgress: (reached) => replace(progress, reached),
    publish: (demo) => replace(published, demo),
    withdraw() {
      // Until 0.1.0 one file was both.
      if (existsSync(published) && !existsSync(progress)) renameSync(published, progress);
      else rmSync(published, { force: true });
    },
  };
}

function readProgress(file: string): DemoProgress | undefined {
  try {
    return Progress.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    // Missing, or truncated by a crash of the machine: the next start creates another workspace.
    return undefined;
  }
}

/** Writes a temporary file, flushes it and renames it. A crash of the machine leaves the old file or the new one. */
async function replace(file: string, content: object): Promise<void> {
  await writeFile(`${file}.new`, `${JSON.stringify(content, undefined, 2)}\n`, { mode: 0o600, flush: true });
  await rename(`${file}.new`, file);
}
