import { constants } from 'node:fs';
import { type FileHandle, open, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';

/** A picture as it is stored. */
export interface PictureFile {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Differs when the file has been changed or replaced. */
  readonly version: string;
}

/** What is found under a name. */
export type PictureSearch =
  | { readonly kind: 'found'; readonly picture: PictureFile }
  | { readonly kind: 'missing' }
  | { readonly kind: 'too_large'; readonly bytes: number };

const MISSING: PictureSearch = { kind: 'missing' };

/** A link that was put in place of the file meanwhile is not followed, and a pipe is not waited for. */
const READ_FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** What opening a file fails with that is not there, or is nothing that can be read. */
const ABSENT: ReadonlySet<unknown> = new Set(['ENOENT', 'ENOTDIR', 'ELOOP', 'ENAMETOOLONG', 'ENXIO']);

/**
 * Finds a picture in the first of these folders that has it, without holding up the event loop. `names` are the folders
 * and the file below it; none may be empty, hidden, or hold a separator. A symbolic link that leads out of its folder is
 * not followed. `maxBytes` 0: no bound. Rejects when a file is there and cannot be read.
 */
export async function findPicture(
  folders: readonly string[],
  names: readonly string[],
  maxBytes: number,
): Promise<PictureSearch> {
  if (!names.every(isPlainName)) return MISSING;
  for (const folder of folders) {
    const found = await readIn(folder, names, maxBytes);
    if (found.kind !== 'missing') return found;
  }
  return MISSING;
}

/** Whether that names an entry of a folder and no way elsewhere. */
function isPlainName(name: string): boolean {
  return name !== '' && !name.startsWith('.') && !/[/\\\p{Cc}]/u.test(name);
}

async function readIn(folder: string, names: readonly string[], maxBytes: number): Promise<PictureSearch> {
  const file = await openIn(folder, names);
  if (file === null) return MISSING;
  try {
    const stats = await file.stat();
    const { size, mtimeMs } = stats;
    if (!stats.isFile()) return MISSING;
    if (maxBytes > 0 && size > maxBytes) return { kind: 'too_large', bytes: size };
    const bytes = new Uint8Array(size);
    const { bytesRead } = await file.read(bytes, 0, size, 0);
    const version = `${size.toString(36)}-${Math.round(mtimeMs * 1_000).toString(36)}`;
    return { kind: 'found', picture: { bytes: bytes.subarray(0, bytesRead), version } };
  } finally {
    await file.close();
  }
}

/** `null` where there is nothing inside of the folder. */
async function openIn(folder: string, names: readonly string[]): Promise<FileHandle | null> {
  try {
    const root = await realpath(folder);
    const path = await realpath(join(root, ...names));
    return path.startsWith(root + sep) ? await open(path, READ_FLAGS) : null;
  } catch (error) {
    if (error instanceof Error && 'code' in error && ABSENT.has(error.code)) return null;
    throw error;
  }
}
