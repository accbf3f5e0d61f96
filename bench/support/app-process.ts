import { startLocal } from '../../local/run.ts';

/** The app in a process of its own, so that the load does not share its event loop. Told to stop by the end of the channel. */
const local = await startLocal({ port: 0, ephemeral: true, quiet: true });
process.send?.(local.demo);
process.once('disconnect', () => void local.stop().then(() => process.exit(0)));
