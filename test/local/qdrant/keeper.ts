import { QdrantClient } from '@qdrant/js-client-rest';
import { startQdrant } from '../../../local/qdrant/qdrant.ts';

/** A process that stores points one after the other and prints each acknowledged one, until it is killed. */
// It ends with its parent too.
process.stdin.resume().on('end', () => process.exit());
const [folder = ''] = process.argv.slice(2);
const { url } = await startQdrant({ folder, log: () => undefined });
const client = new QdrantClient({ url, checkCompatibility: false });
await client.createCollection('kept', { vectors: { dense: { size: 64, distance: 'Dot' } } });
for (let id = 1; ; id++) {
  const points = [id, id + 1_000_000].map((id) => ({ id, vector: { dense: Array.from({ length: 64 }, () => id / 8) }, payload: { id } }));
  await client.upsert('kept', { wait: true, points });
  process.stdout.write(`${id}\n`);
}
