import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi';
import { auction } from '../../../shared/contracts/auction.ts';
import { auctionEnd } from '../../../shared/contracts/auctionSocket.ts';
import { AUCTION_TYPES, newAuctionOrSale, type NewSaleFields } from '../../../shared/contracts/newSale.ts';
import { auctionPage, bidPage, fault } from '../../../shared/contracts/rest.ts';
import { sale, salePage } from '../../../shared/contracts/sale.ts';
import { auctionStatus } from '../../../shared/contracts/values.ts';
import { auctionStatusData } from '../../consumers/auction/messages.ts';
import { refusals } from '../../domain/auction/rules/refusals.ts';
import { invalidFields, refusalFault } from '../faults.ts';
import { requireSeller, requireUser } from '../middleware/authentication.ts';
import { newAuctionOf } from '../newAuction.ts';
import { newSaleOf } from '../newSale.ts';
import { listByKey } from '../pagination.ts';
import type { HttpEnvironment, HttpServices } from '../services.ts';
import { auctionEndView, auctionLineView, bidView, saleView } from '../views.ts';
import { faults, idParameter, json, keyedQuery, tokenNeeded } from './parts.ts';

const TAGS = ['Auctions'];
const AUCTION_ID = idParameter(refusals.auctionNotFound.message);

/** Auctions, timed and live: everyone may read them, sellers make and end them. */
export function auctionRoutes(services: HttpServices): OpenAPIHono<HttpEnvironment> {
  const routes = new OpenAPIHono<HttpEnvironment>();
  addList(routes, services);
  addReading(routes, services);
  addSelling(routes, services);
  return routes;
}

function addList(routes: OpenAPIHono<HttpEnvironment>, services: HttpServices): void {
  const { catalogue } = services.store;
  const { publicUrl, clock } = services;

  routes.openapi(
    createRoute({
      tags: TAGS,
      method: 'get',
      path: '/',
      summary: 'Auctions, newest first',
      description: 'Timed ones; with `type=Live` live sales; with `external_id` the live sale that has it.',
      request: {
        query: z.object({
          ...keyedQuery,
          status: choice(auctionStatus.options),
          type: choice(AUCTION_TYPES),
          external_id: externalId,
        }),
      },
      responses: {
        200: json(z.union([auctionPage, salePage]), 'One page of them.'),
        400: faults.badRequest,
        429: faults.tooMany,
        503: faults.unavailable,
      },
    }),
    async (context) => {
      const { before, after, status, type, external_id: externalId } = context.req.valid('query');
      const filter = status === undefined ? {} : { status };
      const request = { before, after, url: context.req.url, publicUrl };
      if (type === 'Live' || externalId !== undefined) {
        const nowMs = clock.nowMs();
        const read = catalogue.sales.bind(
          catalogue,
          externalId === undefined ? filter : { ...filter, externalId },
        );
        return context.json(await listByKey(request, read, idOf, (listed) => saleView(listed, nowMs)), 200);
      }
      const read = catalogue.list.bind(catalogue, filter);
      return context.json(await listByKey(request, read, idOf, auctionLineView), 200);
    },
  );
}

function addReading(routes: OpenAPIHono<HttpEnvironment>, services: HttpServices): void {
  const { views } = services.store;
  const { publicUrl } = services;

  routes.openapi(
    createRoute({
      tags: TAGS,
      method: 'get',
      path: '/{id}',
      summary: 'An auction as its watchers see it',
      request: { params: AUCTION_ID },
      responses: {
        200: json(auction, 'The auction.'),
        404: faults.notFound,
        429: faults.tooMany,
        503: faults.unavailable,
      },
    }),
    async (context) => context.json(await readAuction(services, context.req.valid('param').id), 200),
  );

  routes.openapi(
    createRoute({
      tags: TAGS,
      method: 'get',
      path: '/{id}/bids',
      summary: 'Every bid of an auction, newest first',
      request: { params: AUCTION_ID, query: z.object(keyedQuery) },
      responses: {
        200: json(bidPage, 'One page of them.'),
        400: faults.badRequest,
        404: faults.notFound,
        429: faults.tooMany,
        503: faults.unavailable,
      },
    }),
    async (context) => {
      const { id } = context.req.valid('param');
      const request = { ...context.req.valid('query'), url: context.req.url, publicUrl };
      const history = await listByKey(
        request,
        async (page) => {
          const bids = await views.bids(id, page);
          if (bids === null) throw refusalFault(refusals.auctionNotFound);
          return bids;
        },
        ({ seq }) => seq,
        bidView,
      );
      return context.json(history, 200);
    },
  );
}

function addSelling(routes: OpenAPIHono<HttpEnvironment>, services: HttpServices): void {
  const { auctions, clock } = services;

  routes.openapi(
    createRoute({
      tags: TAGS,
      method: 'post',
      path: '/',
      summary: 'Put a product up for auction, or make a live sale',
      description:
        'Sellers only. A timed auction starts by itself at `start_time`; a live sale, of `type` `Live`, is ' +
        'started by its host.',
      security: tokenNeeded,
      middleware: [requireUser(services), requireSeller(services)] as const,
      request: { body: { required: true, content: { 'application/json': { schema: newAuctionOrSale } } } },
      responses: {
        201: json(z.union([auction, sale]), 'The auction; `Location` says where it is.'),
        400: faults.badRequest,
        401: faults.unauthenticated,
        403: faults.forbidden,
        413: faults.tooLarge,
        415: faults.notJson,
        429: faults.tooMany,
        503: faults.unavailable,
      },
    }),
    async (context) => {
      const fields = context.req.valid('json');
      const { id: sellerId } = context.get('user');
      if (fields.type === 'Live') {
        const made = await createSale(services, fields, sellerId);
        return context.json(made, 201, { Location: locationOf(made.id) });
      }
      const id = await auctions.create(newAuctionOf(fields, sellerId, clock.nowMs()));
      return context.json(await readAuction(services, id), 201, { Location: locationOf(id) });
    },
  );

  routes.openapi(
    createRoute({
      tags: TAGS,
      method: 'post',
      path: '/{id}/end',
      summary: 'End your auction before its time',
      security: tokenNeeded,
      middleware: requireUser(services),
      request: { params: AUCTION_ID },
      responses: {
        200: json(auctionEnd, 'How it ended, as its watchers are told.'),
        400: json(fault, 'The auction is not active.'),
        401: faults.unauthenticated,
        403: faults.forbidden,
        404: faults.notFound,
        429: faults.tooMany,
        503: faults.unavailable,
      },
    }),
    async (context) => {
      const { id } = context.req.valid('param');
      const outcome = await auctions.endBySeller(id, context.get('user'));
      if (outcome.kind === 'refused') throw refusalFault(outcome.refusal);
      const { event } = outcome.stored;
      if (event.type !== 'auction_ended') throw new Error(`an end was answered by ${event.type}`);
      return context.json(auctionEndView(id, event), 200);
    },
  );
}

async function readAuction({ store }: HttpServices, id: number) {
  const snapshot = await store.views.snapshot(id);
  if (snapshot === null) throw refusalFault(refusals.auctionNotFound);
  return auctionStatusData(snapshot);
}

/** Why a sale was not made, as the fault of a field. */
const CREATION_FAULTS = {
  unknown_category: ['category_id', 'names no category'],
  external_id_taken: ['external_id', 'belongs to another sale'],
} as const;

async function createSale({ store, sales, clock }: HttpServices, fields: NewSaleFields, ownerId: number) {
  const nowMs = clock.nowMs();
  const creation = await sales.create(newSaleOf(fields, ownerId, nowMs));
  if (creation.kind !== 'created') throw invalidFields([CREATION_FAULTS[creation.kind]]);
  const { id } = creation;
  const snapshot = await store.views.snapshot(id);
  if (!snapshot?.sale) throw new Error(`the new sale ${id} cannot be read`);
  return saleView({ ...snapshot.sale, id, status: snapshot.status }, nowMs);
}

function idOf({ id }: { readonly id: number }): number {
  return id;
}

function locationOf(id: number): string {
  return `/api/auctions/${id}/`;
}

/** A filter by the name that the main backend gave a sale. */
const externalId = z
  .string()
  .transform((value) => value.trim() || undefined)
  .optional()
  .meta({ description: 'Of a live sale; `type` may be left out.' });

/** A filter of a list; an empty one filters nothing. */
function choice<const Name extends string>(names: readonly Name[]) {
  const error = `must be one of ${names.join(', ')}`;
  return z.preprocess(
    (value) => (value === '' ? undefined : value),
    z
      .enum(names, { error })
      .optional()
      .meta({ description: `One of ${names.map((name) => `\`${name}\``).join(', ')}.` }),
  );
}
