/** Keeps one core busy until the process that started it is gone: then its end of the pipe closes. */
const sliceMs = 20;
process.stdin.resume().on('end', () => process.exit());
// Ctrl-C at the terminal reaches this process too; the script ends it when the tests are over.
process.on('SIGINT', () => undefined);
process.stdout.write('burning\n');

let spun = 0;
function burn(): void {
  for (const until = performance.now() + sliceMs; performance.now() < until;) spun += Math.sqrt(spun + 1);
  setImmediate(burn);
}
burn();
