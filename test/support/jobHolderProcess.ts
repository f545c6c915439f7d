import { openBullQueue } from '../../server/engines/queue/bull.ts';
import { RecordedLog } from './recordedLog.ts';

const [redisUrl = '', name = '', lockMs = ''] = process.argv.slice(2);
const queue = await openBullQueue(redisUrl, new RecordedLog(), {
  name,
  concurrency: 1,
  lockMs: Number(lockMs),
});
queue.consume((jobId) => {
  process.stdout.write(`${jobId}\n`);
  return new Promise(() => undefined);
});
