import { type OpenAPIHono, z } from '@hono/zod-openapi';
import { clientMessage, serverMessage } from '../../shared/contracts/auctionSocket.ts';
import { NEWS_SCHEME, TOKEN_SCHEME } from './routes/parts.ts';
import type { HttpEnvironment, HttpServices } from './services.ts';

/** The whole interface as an OpenAPI 3.1 document. */
export type ApiDocument = ReturnType<OpenAPIHono<HttpEnvironment>['getOpenAPI31Document']>;

const DESCRIPTION = `The REST side of a live-auction server. Paths are taken with and without the slash at \
their end. Everything that is not a success is JSON with a \`detail\`.

Live auctions are watched and bid on over a WebSocket, \`/ws/auction/{id}/?token=TOKEN\`: its messages are the \
schemas \`ServerMessage\` and \`ClientMessage\`.`;

const TAGS = ['Auctions', 'Live sales', 'Login', 'Notifications', 'Calls', 'Operations'];

/** Describes every route of `app`, and the messages of the socket. */
export function apiDocument(app: OpenAPIHono<HttpEnvironment>, services: HttpServices): ApiDocument {
  const registry = app.openAPIRegistry;
  registry.registerComponent('securitySchemes', TOKEN_SCHEME, {
    type: 'apiKey',
    in: 'header',
    name: 'Authorization',
    description: '`Token TOKEN` or `Bearer TOKEN`.',
  });
  registry.registerComponent('securitySchemes', NEWS_SCHEME, {
    type: 'apiKey',
    in: 'header',
    name: 'Authorization',
    description: 'What the media server has signed for this very body.',
  });
  // The registry takes schemas only of a zod that it has extended, and the contracts know plain zod.
  registry.register('ServerMessage', z.discriminatedUnion('type', serverMessage.options));
  registry.register('ClientMessage', z.discriminatedUnion('type', clientMessage.options));
  const document = app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: { title: `${services.siteName} auctions`, version: '1.0.0', description: DESCRIPTION },
    servers: [{ url: services.publicUrl }],
    tags: TAGS.map((name) => ({ name })),
  });
  const paths = Object.entries(document.paths ?? {});
  return { ...document, paths: Object.fromEntries(paths.map(([path, item]) => [documented(path), item])) };
}

/** Routes are declared without the slash with which the API's paths are documented. */
function documented(path: string): string {
  return path.startsWith('/api/') ? `${path}/` : path;
}
