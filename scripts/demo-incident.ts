import { styleText } from 'node:util';
import { Command } from 'commander';
import { openConnection, withConnection } from '../cli/connection.ts';
import type { ConnectionOptions } from '../cli/connection.ts';
import { failureOf } from '../cli/failure.ts';
import { api } from '../contract/api.ts';
import { UserId } from '../contract/ids.ts';
import { Spectator } from './incident/spectator.ts';
import { IncidentStory } from './incident/story.ts';

/**
 * Replays how a thread becomes an incident in a running app, and prints what three members see in their open apps after each step.
 * Creates its own streams, so it can run repeatedly.
 */
const program = withConnection(new Command('demo:incident')).parse();
const given: ConnectionOptions = program.opts();
const somewhere = given.url !== undefined || given.apiKey !== undefined || (process.env['STREAMBED_URL'] ?? '') !== '';
const options = somewhere ? given : { demo: true, ...given };

const people = [
  { id: 'pierre', name: 'Pierre' },
  { id: 'kristoffer', name: 'Kristoffer' },
  { id: 'greta', name: 'Greta' },
] as const;

async function tell(): Promise<void> {
  const { baseUrl, workspaceId, streambed } = openConnection(options);
  const meet = async ({ id, name }: (typeof people)[number]): Promise<Spectator> => {
    const body = { userId: UserId.parse(id), name, role: 'member' as const, expiresInSeconds: 3_600 };
    const { token } = await streambed.call(api.auth.createToken, { body });
    return new Spectator(baseUrl, workspaceId, { id, name, token });
  };
  const cast = { pierre: await meet(people[0]), kristoffer: await meet(people[1]), greta: await meet(people[2]) };
  try {
    const story = new IncidentStory(cast, new Date().toISOString().slice(11, 19));
    for (const [index, step] of story.steps().entries()) {
      console.log(`\n${styleText('bold', `${index + 1}. ${step.says}`)}`);
      await step.act();
      for (const who of Object.values(cast)) {
        const { badges, news } = await who.look(story.streamIds);
        console.log(`   ${who.name.padEnd(11)} ${badges.length === 0 ? styleText('dim', 'sees nothing of it') : badges.join('   ')}`);
        for (const line of news) console.log(`   ${' '.repeat(11)} ${styleText('dim', line)}`);
      }
    }
  } finally {
    for (const who of Object.values(cast)) who.close();
  }
}

await tell().catch((error: unknown) => {
  const failure = failureOf(error);
  console.error(failure.message);
  process.exitCode = failure.exitCode;
});
