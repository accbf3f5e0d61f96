import { readFileSync } from 'node:fs';
import { checkCommitMessage } from './house/commit-message.ts';

/** Checks the message in the file that git hands to the commit-msg hook. */
const [file] = process.argv.slice(2);
if (file === undefined) throw new Error('usage: check-commit-message.ts FILE');
const faults = checkCommitMessage(readFileSync(file, 'utf8'));
for (const fault of faults) console.error(`commit message: ${fault}`);
process.exitCode = faults.length > 0 ? 1 : 0;
