import { Command } from 'commander';
import { readDemo } from '../cli/connection.ts';
import { failureOf } from '../cli/failure.ts';
import { compareWithKey, readKey } from './demo-memory/key.ts';
import { linesOfComparison, linesOfStream } from './demo-memory/print.ts';
import { readEpochs, waitForMemory } from './demo-memory/read-memory.ts';
import { readStory } from './demo-memory/read-story.ts';
import { importStory, say, speakerOf } from './demo-memory/tell-story.ts';

/**
 * Replays three weeks of five users in a running local app and prints the resulting memory. The past is imported with its own times; the
 * last day is posted live by the users. Each run has its own workspace.
 */
const options = new Command('demo:memory')
  .option('--url <address>', 'where the local app is; else what .local/demo.json says')
  .option('--json', 'print one JSON object instead of lines', false)
  .parse()
  .opts<{ readonly url?: string; readonly json: boolean }>();

/** Progress goes to stderr, results to stdout. */
const report = (text: string): void => console.error(text);

async function tell(): Promise<void> {
  const baseUrl = (options.url ?? readDemo(true).baseUrl).replace(/\/$/, '');
  const story = readStory();
  const now = new Date();
  const onSent = (count: number, total: number): void => report(`imported ${count} of ${total} lines`);
  const telling = await importStory(story, { baseUrl, name: `Atlas, told at ${now.toISOString().slice(0, 19)}`, now, onSent });
  for (const said of story.live) await say(telling, said);
  report(`posted ${story.live.length} lines of today`);
  const memory = await waitForMemory(telling, ({ streamsBehind, epochsWaiting, epochCount }) =>
    report(`waiting for memory: ${streamsBehind} streams behind, ${epochsWaiting} of ${epochCount} epochs to index`),
  );
  const streams = await readEpochs(telling);
  const comparison = compareWithKey(story, readKey(), { positions: telling.positions, streams });
  const { own, speakers } = telling;
  const [first] = story.people;
  if (options.json) {
    console.log(JSON.stringify({ baseUrl, workspaceId: own.workspaceId, memory, streams, comparison }));
    return;
  }
  for (const line of [...streams.flatMap(linesOfStream), ...linesOfComparison(comparison)]) console.log(line);
  console.log(`\nTo look at it: open ${baseUrl} and sign in with the token of ${first?.name}, good for a week:`);
  console.log(speakerOf(speakers, first?.id).token);
}

await tell().catch((error: unknown) => {
  const failure = failureOf(error);
  console.error(failure.message);
  process.exitCode = failure.exitCode;
});
