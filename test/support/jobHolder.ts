import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** Another process that took one job off a queue and will never finish it. */
export interface JobHolder {
  readonly jobId: number;
  /** Kills the process with SIGKILL. */
  kill(): Promise<void>;
}

/** Starts such a process and waits until it holds a job. */
export async function holdJob(redisUrl: string, queueName: string, lockMs: number): Promise<JobHolder> {
  const script = fileURLToPath(new URL('./jobHolderProcess.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', script, redisUrl, queueName, String(lockMs)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return {
    jobId: Number(line.toString()),
    kill: async () => {
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}
