import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { PROJECT_ROOT } from '../config.ts';
import { DRAWINGS } from './drawings/index.ts';
import { runCommand } from './runCommand.ts';

const MAX_BYTES = 40_000;
const EDGE_PIXELS = 640;
const QUALITIES = [84, 78, 72, 64, 56, 48];

/** Draws the pictures of the demo again: `npm run pictures`. They are committed; the server never draws. */
await runCommand(async () => {
  const folder = join(PROJECT_ROOT, 'server', 'http', 'media');
  for (const [name, draw] of Object.entries(DRAWINGS)) {
    const file = join(folder, name);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, await jpegOf(draw()));
  }
});

/** The best JPEG that is small enough. */
async function jpegOf(svg: string): Promise<Buffer> {
  for (const quality of QUALITIES) {
    const jpeg = await sharp(Buffer.from(svg))
      .resize(EDGE_PIXELS)
      .jpeg({ quality, mozjpeg: true })
      .toBuffer();
    if (jpeg.byteLength < MAX_BYTES) return jpeg;
  }
  throw new Error('a picture is too large at every quality');
}
