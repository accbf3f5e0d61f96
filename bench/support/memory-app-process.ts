import { startLocal } from '../../local/run.ts';

/** The app in a process of its own, which also says how its database is looked into. Ends with the channel. */
const local = await startLocal({ port: 0, ephemeral: true, quiet: true });
process.send?.({ ...local.demo, databaseDsn: local.postgres.superuserDsn() });
process.on('message', () => process.send?.(process.cpuUsage()));
process.once('disconnect', () => void local.stop().then(() => process.exit(0)));
