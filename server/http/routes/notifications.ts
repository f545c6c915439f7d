import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi';
import {
  notificationPage,
  readAllNotifications,
  readNotification,
  unreadCount,
} from '../../../shared/contracts/rest.ts';
import { notFound } from '../faults.ts';
import { requireUser } from '../middleware/authentication.ts';
import { listPage } from '../pagination.ts';
import type { HttpEnvironment, HttpServices } from '../services.ts';
import { notificationView } from '../views.ts';
import { faults, idParameter, json, page, tokenNeeded } from './parts.ts';

/** The notifications of the user whose token it is, and of no other. */
export function notificationRoutes(services: HttpServices): OpenAPIHono<HttpEnvironment> {
  const { notifications } = services.store;
  const shared = {
    tags: ['Notifications'],
    security: tokenNeeded,
    middleware: requireUser(services),
  };
  const refused = { 401: faults.unauthenticated, 429: faults.tooMany, 503: faults.unavailable };
  const routes = new OpenAPIHono<HttpEnvironment>();

  routes.openapi(
    createRoute({
      ...shared,
      method: 'get',
      path: '/',
      summary: 'Your notices, newest first',
      request: { query: z.object({ page }) },
      responses: { 200: json(notificationPage, 'One page of them.'), 404: faults.notFound, ...refused },
    }),
    async (context) => {
      const user = context.get('user');
      const request = { ...context.req.valid('query'), url: context.req.url, publicUrl: services.publicUrl };
      const read = notifications.list.bind(notifications, user.id);
      return context.json(await listPage(request, read, notificationView), 200);
    },
  );

  routes.openapi(
    createRoute({
      ...shared,
      method: 'get',
      path: '/unread_count',
      summary: 'How many of your notices are unread',
      responses: { 200: json(unreadCount, 'The number.'), ...refused },
    }),
    async (context) =>
      context.json({ unread_count: await notifications.unreadCount(context.get('user').id) }, 200),
  );

  routes.openapi(
    createRoute({
      ...shared,
      method: 'post',
      path: '/read_all',
      summary: 'Mark all your notices as read',
      responses: { 200: json(readAllNotifications, 'How many were unread.'), ...refused },
    }),
    async (context) =>
      context.json({ updated: await notifications.markAllRead(context.get('user').id) }, 200),
  );

  routes.openapi(
    createRoute({
      ...shared,
      method: 'post',
      path: '/{id}/read',
      summary: 'Mark one of your notices as read',
      request: { params: idParameter('Notification not found') },
      responses: { 200: json(readNotification, 'It is read now.'), 404: faults.notFound, ...refused },
    }),
    async (context) => {
      const { id } = context.req.valid('param');
      const isMine = await notifications.markRead(context.get('user').id, id);
      if (!isMine) throw notFound('Notification not found');
      return context.json({ id, is_read: true as const }, 200);
    },
  );

  return routes;
}
