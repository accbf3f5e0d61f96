/** "Maya and Jonas were added.", "Maya and 4 others were added." */
export function addedLabel(names: readonly string[]): string {
  const [first, second, ...rest] = names;
  if (first === undefined) return 'Everyone was in it already.';
  if (second === undefined) return `${first} was added.`;
  return rest.length === 0 ? `${first} and ${second} were added.` : `${first} and ${names.length - 1} others were added.`;
}
