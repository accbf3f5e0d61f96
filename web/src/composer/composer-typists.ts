/** "Maya is typing…"; more than three people are "several". */
export function typingSentence(names: readonly string[]): string {
  const [first, second, third, ...more] = names;
  if (first === undefined) return '';
  if (more.length > 0) return 'Several people are typing…';
  if (third !== undefined) return `${first}, ${second} and ${third} are typing…`;
  return second === undefined ? `${first} is typing…` : `${first} and ${second} are typing…`;
}
