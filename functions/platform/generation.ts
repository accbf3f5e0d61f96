/** Names a log: a client that holds positions of another generation knows that they mean nothing here. */
export function newGeneration(): string {
  return crypto.randomUUID().slice(0, 8);
}
