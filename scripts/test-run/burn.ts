/** Keeps one core busy until the parent process ends, which closes its end of the pipe. */
const sliceMs = 20;
process.stdin.resume().on('end', () => process.exit());
// Ctrl-C at the terminal reaches this process too. It ignores the signal, because the parent ends it after the tests.
process.on('SIGINT', () => undefined);
process.stdout.write('burning\n');

let spun = 0;
function burn(): void {
  for (const until = performance.now() + sliceMs; performance.now() < until;) spun += Math.sqrt(spun + 1);
  setImmediate(burn);
}
burn();
