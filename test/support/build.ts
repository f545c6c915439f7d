import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** The folder of package.json. */
export const PROJECT = fileURLToPath(new URL('../..', import.meta.url));

/** What is built together, and what says how. */
const SOURCES = ['server', 'shared', 'emails'];
const SETTINGS = ['package.json', 'tsconfig.json', 'server/tsconfig.json'];
const KEPT_FOR_MS = 24 * 3_600_000;

/**
 * The folder of the server's build, made from the sources as they stand now unless it is there already: a
 * built server starts in half the time. It lies where packages and migrations are found as from `dist`.
 */
export async function builtServer(): Promise<string> {
  const cache = join(PROJECT, 'node_modules', '.cache', 'ringside-builds');
  const folder = join(cache, await fingerprint());
  if (existsSync(folder)) return folder;
  await mkdir(cache, { recursive: true });
  await removeOld(cache);
  const draft = await mkdtemp(join(cache, 'draft-'));
  const tsc = join(PROJECT, 'node_modules', 'typescript', 'bin', 'tsc');
  const words = [tsc, '-p', join(PROJECT, 'server'), '--outDir', draft, '--noCheck'];
  await promisify(execFile)(process.execPath, words);
  try {
    await rename(draft, folder);
  } catch (error) {
    // Another test may have been faster.
    if (!existsSync(folder)) throw error;
    await rm(draft, { recursive: true });
  }
  return folder;
}

async function removeOld(cache: string): Promise<void> {
  for (const name of await readdir(cache)) {
    const path = join(cache, name);
    if (await isOld(path)) await rm(path, { recursive: true, force: true });
  }
}

async function isOld(path: string): Promise<boolean> {
  try {
    return (await stat(path)).mtimeMs < Date.now() - KEPT_FOR_MS;
  } catch {
    // Another test has just moved its draft.
    return false;
  }
}

async function fingerprint(): Promise<string> {
  const entries = await Promise.all(
    SOURCES.map((name) => readdir(join(PROJECT, name), { recursive: true, withFileTypes: true })),
  );
  const files = entries
    .flat()
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  const hash = createHash('sha256');
  for (const file of [...SETTINGS.map((name) => join(PROJECT, name)), ...files.toSorted()]) {
    hash.update(file).update(await readFile(file));
  }
  return hash.digest('hex').slice(0, 16);
}
