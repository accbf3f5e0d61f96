const maxSubjectCharacters = 72;

/** Lists the faults of a commit message's subject. Merge commits keep the subject that git gives them. */
export function checkCommitMessage(message: string): string[] {
  const subject = message.split('\n').find((line) => line.trim() !== '' && !line.startsWith('#')) ?? '';
  if (subject.startsWith('Merge ')) return [];
  const faults: string[] = [];
  if (!/^[a-z][a-z0-9-]*: \S.*\.$/.test(subject)) faults.push('the subject has the form "area: What it does."');
  if (subject.length > maxSubjectCharacters)
    faults.push(`the subject has ${subject.length} characters; ${maxSubjectCharacters} are the limit, the rest belongs into the body`);
  return faults;
}
