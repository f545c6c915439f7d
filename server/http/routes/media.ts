import { OpenAPIHono } from '@hono/zod-openapi';
import { mediaNews, mediaNewsTaken } from '../../../shared/contracts/calls.ts';
import { fault } from '../../../shared/contracts/rest.ts';
import type { Calls } from '../../domain/call/calls.ts';
import type { Media } from '../../ports/media.ts';
import { unauthenticated } from '../middleware/authentication.ts';
import type { HttpEnvironment } from '../services.ts';
import { faults, json, newsSigned } from './parts.ts';

const NOT_SIGNED = { code: 'invalid_signature', message: 'This is not from the media server.' };

/** What the media server posts about its rooms. */
export function mediaRoutes(
  calls: Pick<Calls, 'mediaChanged'>,
  media: Pick<Media, 'handleWebhook'>,
): OpenAPIHono<HttpEnvironment> {
  const routes = new OpenAPIHono<HttpEnvironment>();
  // Registered apart from its handler: the signature is over the text, which is read before it is parsed.
  routes.openAPIRegistry.registerPath({
    tags: ['Calls'],
    security: newsSigned,
    method: 'post',
    path: '/webhook',
    summary: 'For the media server: who has come to a room or left it',
    request: {
      body: { required: true, content: { 'application/webhook+json': { schema: mediaNews } } },
    },
    responses: {
      200: json(mediaNewsTaken, 'It is taken, or was taken before.'),
      401: json(fault, 'It is not signed by the media server, or cannot be read.'),
      413: faults.tooLarge,
      503: faults.unavailable,
    },
  });
  routes.post('/webhook', async (context) => {
    const body = await context.req.text();
    const authorization = context.req.header('authorization') ?? '';
    const isTaken = await media.handleWebhook(body, authorization, (event) => calls.mediaChanged(event));
    if (!isTaken) throw unauthenticated(NOT_SIGNED);
    return context.json({ taken: true });
  });
  return routes;
}
