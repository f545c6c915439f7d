import { createApp } from './app.ts';
import { greeting } from './cli/greeting.ts';
import { runCommand } from './cli/runCommand.ts';
import { readConfig } from './config.ts';
import { openEngines } from './engines/index.ts';
import { mediaNotice } from './engines/media/index.ts';
import { EngineUnavailable } from './ports/errors.ts';
import { ensureDemo } from './seeding/ensureDemo.ts';

await runCommand(async () => {
  const config = readConfig();
  const engines = await openEngines(config);
  if (!config.isProduction) await ensureDemo(engines.store.seed, engines.clock);
  const app = createApp(config, engines);
  // Before the server can be known to be up; and more than once, because npm passes Ctrl-C on besides
  // the terminal, which must not cut the shutdown short.
  const end = new AbortController();
  const isToStop = new Promise((resolve) => {
    process.on('SIGINT', resolve);
    process.on('SIGTERM', resolve);
    end.signal.addEventListener('abort', resolve);
  });
  const port = await app.start(() => end.abort());
  const notice = mediaNotice(config);
  if (notice !== null) engines.log.info(notice);
  process.stdout.write(await greeting(config, engines, port));
  await isToStop;
  await app.stop();
  if (end.signal.aborted) throw new EngineUnavailable('another process serves this database now');
});
