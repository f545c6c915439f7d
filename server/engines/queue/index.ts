import type { Log } from '../../ports/log.ts';
import type { JobQueue } from '../../ports/queue.ts';
import { openBullQueue } from './bull.ts';
import { createInProcessQueue } from './inProcess.ts';

const CONCURRENCY = 5;

/** The queue on that Redis, or the one in this process when there is none (`null`). */
export async function openQueue(redisUrl: string | null, log: Log): Promise<JobQueue> {
  const options = { concurrency: CONCURRENCY };
  return redisUrl === null ? createInProcessQueue(log, options) : openBullQueue(redisUrl, log, options);
}
