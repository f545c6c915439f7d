import { readConfig } from '../config.ts';
import { openStoreEngines } from '../engines/index.ts';
import { runCommand } from './runCommand.ts';

await runCommand(async () => {
  const { store } = await openStoreEngines(readConfig());
  await store.close();
  console.log('The database is up to date.');
});
