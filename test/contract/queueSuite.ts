import { afterEach, expect, it } from 'vitest';
import type { Log } from '../../server/ports/log.ts';
import type { JobQueue } from '../../server/ports/queue.ts';
import { until } from '../support/processes.ts';
import { RecordedLog } from '../support/recordedLog.ts';
import { QueueUnavailable } from '../../server/ports/errors.ts';

/** Opens a queue of its own, empty, that runs at most `concurrency` handlers at a time. */
export type OpenQueue = (log: Log, options: { readonly concurrency: number }) => Promise<JobQueue>;

/** What every job queue promises. */
export function queueSuite(open: OpenQueue): void {
  const opened: JobQueue[] = [];
  let log: RecordedLog;

  async function openQueue(concurrency = 2): Promise<JobQueue> {
    log = new RecordedLog();
    const queue = await open(log, { concurrency });
    opened.push(queue);
    return queue;
  }

  afterEach(async () => {
    await Promise.all(opened.splice(0).map((queue) => queue.close()));
  });

  it('delivers every job that was added, before and after delivering started', async () => {
    const queue = await openQueue();
    const delivered: number[] = [];
    await queue.add([1, 2]);
    queue.consume((jobId) => {
      delivered.push(jobId);
      return Promise.resolve();
    });
    await queue.add([3]);
    await queue.add([]);
    await until(() => expect(delivered.toSorted()).toEqual([1, 2, 3]));
  });

  it('does not queue an id twice while it waits', async () => {
    const queue = await openQueue();
    const delivered: number[] = [];
    await queue.add([7, 7]);
    await queue.add([7]);
    queue.consume((jobId) => {
      delivered.push(jobId);
      return Promise.resolve();
    });
    await queue.add([8]);
    await until(() => expect(delivered).toContain(8));
    expect(delivered.filter((jobId) => jobId === 7)).toEqual([7]);
  });

  it('delivers an id again that is added after it was handled', async () => {
    const queue = await openQueue();
    let deliveries = 0;
    queue.consume(() => {
      deliveries += 1;
      return Promise.resolve();
    });
    await queue.add([5]);
    await until(() => expect(deliveries).toBe(1));
    await until(async () => {
      await queue.add([5]);
      expect(deliveries).toBeGreaterThanOrEqual(2);
    });
  });

  it('logs a handler that throws, does not repeat it, and goes on with the next job', async () => {
    const queue = await openQueue(1);
    const delivered: number[] = [];
    queue.consume((jobId) => {
      delivered.push(jobId);
      if (jobId === 1) throw new Error('broken on purpose');
      return jobId === 2 ? Promise.reject(new Error('broken on purpose')) : Promise.resolve();
    });
    await queue.add([1]);
    await queue.add([2]);
    await queue.add([3]);
    await until(() => expect(delivered).toEqual([1, 2, 3]));
    expect(log.lines.filter(({ level }) => level === 'error').map(({ fields }) => fields?.['jobId'])).toEqual(
      [1, 2],
    );
  });

  it('runs no more handlers at a time than it was told', async () => {
    const queue = await openQueue(2);
    const release: (() => void)[] = [];
    queue.consume(() => new Promise((resolve) => release.push(resolve)));
    await queue.add([1, 2, 3]);
    await until(() => expect(release).toHaveLength(2));
    await queue.ping();
    expect(release).toHaveLength(2);
    release[0]?.();
    await until(() => expect(release).toHaveLength(3));
    for (const finish of release) finish();
  });

  it('waits at its close for the handler that runs, and delivers nothing more', async () => {
    const queue = await openQueue(1);
    const delivered: number[] = [];
    let finish: (() => void) | null = null;
    let isClosed = false;
    queue.consume((jobId) => {
      delivered.push(jobId);
      return new Promise((resolve) => {
        finish = resolve;
      });
    });
    await queue.add([1, 2]);
    await until(() => expect(finish).not.toBeNull());
    const first = delivered.slice();
    const closing = queue.close().then(() => {
      isClosed = true;
    });
    await expect(queue.add([3])).rejects.toThrow(QueueUnavailable);
    // As long as a close takes that has nothing to wait for.
    const idle = await openQueue();
    idle.consume(() => Promise.resolve());
    await idle.close();
    expect(isClosed).toBe(false);
    (finish as (() => void) | null)?.();
    await closing;
    expect(delivered).toEqual(first);
  });

  it('answers a ping', async () => {
    const queue = await openQueue();
    await expect(queue.ping()).resolves.toBeUndefined();
  });

  it('may be closed without ever having delivered, and twice', async () => {
    const queue = await openQueue();
    await queue.add([1]);
    await queue.close();
    await expect(queue.close()).resolves.toBeUndefined();
  });
}
