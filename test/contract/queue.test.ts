import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createConnection } from 'node:net';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { openBullQueue } from '../../server/engines/queue/bull.ts';
import { createInProcessQueue } from '../../server/engines/queue/inProcess.ts';
import { openQueue } from '../../server/engines/queue/index.ts';
import { EngineUnavailable, QueueUnavailable } from '../../server/ports/errors.ts';
import { freePort, until } from '../support/processes.ts';
import { RecordedLog } from '../support/recordedLog.ts';
import { type PrivateRedis, startRedis } from '../support/redis.ts';
import { holdJob } from '../support/jobHolder.ts';
import { queueSuite } from './queueSuite.ts';

const redisUrl = inject('redisUrl');
/** “Within a few seconds”, on a busy machine too. */
const IN_TIME_MS = 10_000;

describe('[PO3] queue in this process', () => {
  queueSuite((log, options) => Promise.resolve(createInProcessQueue(log, options)));

  it('is what one gets without Redis', async () => {
    const queue = await openQueue(null, new RecordedLog());
    const delivered = new Promise((resolve) => {
      queue.consume((jobId) => Promise.resolve(resolve(jobId)));
    });
    await queue.add([1]);
    expect(await delivered).toBe(1);
    await queue.close();
  });
});

describe.skipIf(redisUrl === null)('[PO3] queue on Redis', () => {
  queueSuite((log, options) => openBullQueue(String(redisUrl), log, { ...options, name: randomUUID() }));

  it('delivers jobs that one process added to another', async () => {
    const options = { concurrency: 1, name: randomUUID() };
    const [adding, delivering] = await Promise.all([
      openBullQueue(String(redisUrl), new RecordedLog(), options),
      openBullQueue(String(redisUrl), new RecordedLog(), options),
    ]);
    const delivered = new Promise((resolve) => {
      delivering.consume((jobId) => Promise.resolve(resolve(jobId)));
    });
    await adding.add([41]);
    expect(await delivered).toBe(41);
    await Promise.all([adding.close(), delivering.close()]);
  });

  it('delivers a job again when the process that held it was killed', async () => {
    const options = { concurrency: 1, name: randomUUID(), lockMs: 400 };
    const queue = await openBullQueue(String(redisUrl), new RecordedLog(), options);
    await queue.add([9]);
    const holder = await holdJob(String(redisUrl), options.name, options.lockMs);
    expect(holder.jobId).toBe(9);
    await holder.kill();
    const delivered = new Promise((resolve) => {
      queue.consume((jobId) => Promise.resolve(resolve(jobId)));
    });
    expect(await delivered).toBe(9);
    await queue.close();
  });
});

describe('[PO3] [CM3] queue on a Redis that is not there', () => {
  it('stops the start with one line that names the place and no password', async () => {
    const port = await freePort();
    const log = new RecordedLog();
    const opening = openQueue(`redis://user:sesame@127.0.0.1:${port}/0`, log);
    const error = await opening.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(EngineUnavailable);
    expect(String(error)).toContain(`Redis at 127.0.0.1:${port} cannot be used: connect ECONNREFUSED`);
    expect(String(error)).not.toMatch(/sesame|\n/);
    expect(log.lines).toEqual([]);
  });
});

describe.skipIf(redisUrl === null)('[PO3] queue on a Redis that goes away', () => {
  let redis: PrivateRedis;

  beforeAll(async () => {
    const started = await startRedis();
    if (started === null) throw new Error('redis-server is gone');
    redis = started;
  });

  afterAll(() => redis.remove());

  it('rejects in time while it is away, says so once, and delivers again by itself', async () => {
    const log = new RecordedLog();
    const queue = await openBullQueue(redis.url, log, { concurrency: 2 });
    const delivered: number[] = [];
    queue.consume((jobId) => {
      delivered.push(jobId);
      return Promise.resolve();
    });
    await queue.add([1]);
    await until(() => expect(delivered).toEqual([1]));

    await redis.kill();
    for (const jobId of [2, 3]) {
      const askedAt = performance.now();
      await expect(queue.add([jobId])).rejects.toThrow(QueueUnavailable);
      expect(performance.now() - askedAt).toBeLessThan(IN_TIME_MS);
    }
    await expect(queue.ping()).rejects.toThrow(QueueUnavailable);

    await redis.start();
    await until(() => queue.add([4]));
    await until(() => expect(delivered).toEqual([1, 4]));
    expect(log.messages('warn')).toHaveLength(1);
    expect(log.messages('info')).toHaveLength(1);
    await queue.close();
  });

  it('rejects in time while it is there and does not answer', async () => {
    const queue = await openBullQueue(redis.url, new RecordedLog(), { concurrency: 1, name: randomUUID() });
    await redisCommand(redis.url, 'CLIENT PAUSE 6000 ALL');
    await expect(queue.add([1])).rejects.toThrow(QueueUnavailable);
    const delivered = new Promise((resolve) => {
      queue.consume((jobId) => Promise.resolve(resolve(jobId)));
    });
    await until(() => queue.add([1]));
    expect(await delivered).toBe(1);
    await queue.close();
  });

  it('closes while it is away, after the handler that runs', async () => {
    const queue = await openBullQueue(redis.url, new RecordedLog(), { concurrency: 1 });
    let finish: () => void = () => expect.unreachable('nothing was delivered');
    const running = new Promise<void>((resolve) => {
      queue.consume(
        () =>
          new Promise((done) => {
            finish = done;
            resolve();
          }),
      );
    });
    await queue.add([1]);
    await running;
    await redis.kill();
    const closing = queue.close();
    await expect(queue.ping()).rejects.toThrow(QueueUnavailable);
    finish();
    await closing;
    await redis.start();
  });

  it('stops the start without telling the password that was refused', async () => {
    await redisCommand(redis.url, 'CONFIG SET requirepass open-sesame');
    const opening = openQueue(redis.url.replace('//', '//:close-sesame@'), new RecordedLog());
    const error = await opening.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(EngineUnavailable);
    expect(String(error)).toContain('WRONGPASS');
    expect(String(error)).not.toContain('close-sesame');
  });
});

async function redisCommand(url: string, command: string): Promise<void> {
  const socket = createConnection(Number(new URL(url).port), '127.0.0.1');
  socket.write(`${command}\r\n`);
  const [reply] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  expect(reply.toString()).toBe('+OK\r\n');
}
