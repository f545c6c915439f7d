import { readFileSync } from 'node:fs';

/** The kernel tells a process's time in hundredths of a second, whatever the machine. */
const MS_PER_TICK = 10;
const BYTES_PER_KILOBYTE = 1024;

/** The processor time that a process and its ended children have used so far, as the operating system counts it. */
export function cpuMsOf(pid: number): number {
  const line = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name before the last bracket may hold anything; behind it, `utime` is the 12th word.
  const words = line.slice(line.lastIndexOf(')') + 2).split(' ');
  return words.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks) * MS_PER_TICK, 0);
}

/** How much of a process is in memory now. */
export function residentBytesOf(pid: number): number {
  return numberIn(`/proc/${pid}/status`, /^VmRSS:\s+(\d+) kB$/m) * BYTES_PER_KILOBYTE;
}

/** How many files and sockets a process of ours may hold at once. */
export function mostOpenFiles(): number {
  return numberIn('/proc/self/limits', /^Max open files\s+\d+\s+(\d+)/m);
}

function numberIn(path: string, pattern: RegExp): number {
  const found = pattern.exec(readFileSync(path, 'utf8'))?.[1];
  if (found === undefined) throw new Error(`${path} does not say what it should`);
  return Number(found);
}
