import { Hono } from 'hono';
import { etag } from 'hono/etag';
import { getMimeType } from 'hono/utils/mime';
import { notFound } from '../faults.ts';
import { findPicture } from '../pictureFiles.ts';
import type { HttpEnvironment, HttpServices } from '../services.ts';

/** Where pictures are served. */
export const PICTURES_PATH = '/media';

/** A client keeps a picture for an hour, and asks then whether it is still the same. */
const CACHED = 'public, max-age=3600';

/** The pictures of products, categories and sales: the house's own, then those of the demo. */
export function pictureRoutes({ mediaFolders, limits, log }: HttpServices): Hono<HttpEnvironment> {
  const routes = new Hono<HttpEnvironment>();
  routes.get('/*', etag(), async (context) => {
    const names = namesIn(new URL(context.req.url).pathname.slice(PICTURES_PATH.length + 1));
    const type = getMimeType(names.at(-1) ?? '');
    if (type?.startsWith('image/') !== true) throw notFound();
    const found = await findPicture(mediaFolders, names, limits.maxPictureBytes);
    switch (found.kind) {
      case 'missing':
        throw notFound();
      case 'too_large':
        log.warn('a picture is too large to be served', { file: names.join('/'), bytes: found.bytes });
        throw notFound();
      case 'found': {
        const { bytes, version } = found.picture;
        // The answer to HEAD has no body that could be measured.
        const headers = {
          'Content-Type': type,
          'Content-Length': String(bytes.byteLength),
          'Cache-Control': CACHED,
          ETag: `"${version}"`,
        };
        return context.body(bytes, 200, headers);
      }
    }
  });
  return routes;
}

/** The decoded segments of a path; none where it cannot be decoded. */
function namesIn(path: string): readonly string[] {
  try {
    return path.split('/').map(decodeURIComponent);
  } catch {
    return [];
  }
}
