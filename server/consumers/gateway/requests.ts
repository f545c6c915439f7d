import {
  type GatewayPayload,
  gatewayPayloads,
  type ServerMessage,
} from '../../../shared/contracts/gatewaySocket.ts';
import type { Channel, Scope } from '../../channels/consumer.ts';
import type { Groups } from '../../channels/groups.ts';
import { type ClientMessage, requestIdOf } from '../../channels/message.ts';
import { DONE, type Done, plainAnswers, type Refused, requestHandler } from '../../channels/requests.ts';
import type { SaleCommand } from '../../domain/auction/rules/commands.ts';
import type { Person } from '../../domain/auction/rules/events.ts';
import type { SaleService } from '../../domain/auction/saleService.ts';
import type { AuctionService } from '../../domain/auction/service.ts';
import { refused } from '../../domain/auction/rules/outcome.ts';
import type { Clock } from '../../ports/clock.ts';
import { gatewayError, type GatewayRefusal } from './errors.ts';
import type { Memberships } from './memberships.ts';
import { auctionStartedMessage, broadcasterLeftMessage, gatewayTopic } from './messages.ts';

/** What requests of this protocol are carried out with. */
export interface GatewayRequestServices {
  readonly auctions: AuctionService;
  readonly sales: SaleService;
  readonly groups: Groups;
  readonly clock: Clock;
}

/** The connection that a request came on. */
export interface GatewayConnection {
  readonly services: GatewayRequestServices;
  readonly user: Scope['user'];
  readonly channel: Channel<ServerMessage>;
  readonly memberships: Memberships;
}

/** What a client of this protocol may ask. */
export const handleGatewayRequest = requestHandler<
  typeof gatewayPayloads,
  GatewayConnection,
  ServerMessage,
  Done,
  GatewayRefusal
>(
  gatewayPayloads,
  {
    joinAuction: {
      counts: 'join',
      handle: async ({ memberships }, { auctionId }) => {
        const refusal = await memberships.join(auctionId);
        return refusal === null ? DONE : { kind: 'refused', refusal };
      },
    },
    leaveAuction: {
      counts: 'join',
      handle: async ({ memberships }, { auctionId }) => {
        await memberships.leave(auctionId);
        return DONE;
      },
    },
    placeBid: {
      counts: 'bid',
      handle: ({ services: { auctions }, user: bidder }, { auctionId, amount }, message) => {
        const { receivedAtMs } = message;
        return auctions.placeBid({
          auctionId,
          bidder,
          amount,
          requestId: requestIdOf(message),
          receivedAtMs,
        });
      },
    },
    comment: {
      counts: 'comment',
      handle: ({ services: { sales }, user }, { auctionId, comment: text }, { receivedAtMs }) =>
        sales.comment({ auctionId, authorId: user.id, text, receivedAtMs }),
    },
    broadCasterLeave: { handle: broadcasterLeave },
    startLiveAuction: { handle: startSale },
    cancelAuction: byHost((by) => ({ type: 'cancel_sale', ...by })),
    endAuction: byHost((by) => ({ type: 'end_sale', ...by })),
    awardingAuction: byHost((by, { product, weight = null }: GatewayPayload<'awardingAuction'>) => ({
      type: 'award_product',
      ...by,
      product,
      weight,
    })),
    changeCuurentProduct: byHost((by, payload: GatewayPayload<'changeCuurentProduct'>) => {
      const {
        product,
        minBidPrice,
        bidPrice,
        actualPrice,
        product_description: description = null,
      } = payload;
      const prices = { minBidPrice, bidPrice, actualPrice };
      return { type: 'change_product', ...by, product, prices, description };
    }),
    muteUser: byHost((by, { userId, muted: isMuted }: GatewayPayload<'muteUser'>) => ({
      type: 'mute_user',
      ...by,
      userId,
      isMuted,
    })),
  },
  { ...plainAnswers, refused: gatewayError },
);

/** A request of the host; the rules refuse it to everyone else. */
function byHost<Payload extends { readonly auctionId: number }>(
  commandOf: (by: { readonly nowMs: number; readonly requestedBy: Person }, payload: Payload) => SaleCommand,
) {
  return {
    handle: (
      { services: { sales }, user: requestedBy, memberships }: GatewayConnection,
      payload: Payload,
      { receivedAtMs: nowMs }: ClientMessage,
    ) => {
      const command = commandOf({ nowMs, requestedBy }, payload);
      return memberships.changing(payload.auctionId, sales.direct(payload.auctionId, command));
    },
  };
}

const start = byHost((by) => ({ type: 'start_sale', ...by }));

/** Starts a sale. A host whose sale is live is told so once more: the first answer may have been lost. */
async function startSale(
  connection: GatewayConnection,
  payload: GatewayPayload<'startLiveAuction'>,
  message: ClientMessage,
): Promise<Done | Refused<GatewayRefusal>> {
  const outcome = await start.handle(connection, payload, message);
  if (outcome.kind === 'accepted' || outcome.refusal.code !== 'already_live') return outcome;
  const { services, user, channel } = connection;
  const sale = await services.sales.shown(payload.auctionId, user.id);
  if ('code' in sale) return refused(sale);
  const started = auctionStartedMessage(sale, services.clock.nowMs());
  if (started !== null) channel.push(started);
  return DONE;
}

/** Tells the room and changes nothing: the document's notice that the stream has no host. */
async function broadcasterLeave(
  { services: { sales, groups }, user }: GatewayConnection,
  { auctionId }: { readonly auctionId: number },
): Promise<Done | Refused<GatewayRefusal>> {
  const refusal = await sales.whyNotHost(auctionId, user.id);
  if (refusal !== null) return refused(refusal);
  groups.broadcast(gatewayTopic(auctionId), () => broadcasterLeftMessage(auctionId));
  return DONE;
}
