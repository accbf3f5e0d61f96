/** Creates the name of a log. A client whose positions are of another generation knows that they are invalid here. */
export function newGeneration(): string {
  return crypto.randomUUID().slice(0, 8);
}
