import { startQdrant } from '../../local/qdrant/qdrant.ts';

/** The local Qdrant in its own process, in memory. Ends with the channel. */
const qdrant = await startQdrant({ log: () => undefined });
process.send?.({ url: qdrant.url });
process.once('disconnect', () => void qdrant.stop().then(() => process.exit(0)));
