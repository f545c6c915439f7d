import { type RingPayload, ringPayloads, type ServerMessage } from '../../../shared/contracts/ringSocket.ts';
import type { GuestScope, Scope } from '../../channels/consumer.ts';
import { type ClientMessage, requestIdOf } from '../../channels/message.ts';
import { DONE, type Done, plainAnswers, type Refused, requestHandler } from '../../channels/requests.ts';
import type { SaleCommand } from '../../domain/auction/rules/commands.ts';
import type { Person } from '../../domain/auction/rules/events.ts';
import type { SaleService } from '../../domain/auction/saleService.ts';
import type { AuctionService } from '../../domain/auction/service.ts';
import { refusals } from '../../domain/auction/rules/refusals.ts';
import type { CodedError } from '../../ports/errors.ts';

/** The refusal of a guest who wants to do more than watch. */
const SIGN_IN = { code: 'sign_in_required', message: 'Sign in to take part' };

/** What a user is told who has left the ring and wants to do more than join it. */
const NOT_JOINED = { code: 'not_joined', message: 'You have not joined this ring' };

/** The connection that a request came on. */
export interface RingConnection {
  readonly auctions: AuctionService;
  readonly sales: SaleService;
  /** `null`: the path names no ring. */
  readonly ringId: number | null;
  /** `null`: a guest. */
  readonly user: GuestScope['user'];
  /** Whether it is in the room of the ring: from its connection until it leaves, and again once it joins. */
  readonly isInRoom: boolean;
  /** Enters the room of the ring and gets its state. */
  join(): Promise<void>;
  leave(): void;
}

type Outcome = Done | Refused;

/** What a client of this protocol may ask. */
export const handleRingRequest = requestHandler<
  typeof ringPayloads,
  RingConnection,
  ServerMessage,
  Done,
  CodedError
>(
  ringPayloads,
  {
    join: {
      counts: 'join',
      handle: async (connection) => {
        await connection.join();
        return DONE;
      },
    },
    leave: {
      counts: 'join',
      handle: (connection) => {
        connection.leave();
        return DONE;
      },
    },
    place_bid: {
      counts: 'bid',
      handle: byUser(
        ({ auctions }, { auctionId, user: bidder }, { amount }: RingPayload<'place_bid'>, message) => {
          const { receivedAtMs } = message;
          return auctions.placeBid({
            auctionId,
            bidder,
            amount,
            requestId: requestIdOf(message),
            receivedAtMs,
          });
        },
      ),
    },
    comment: {
      counts: 'comment',
      handle: byUser(
        ({ sales }, { auctionId, user }, { comment: text }: RingPayload<'comment'>, { receivedAtMs }) =>
          sales.comment({ auctionId, authorId: user.id, text, receivedAtMs }),
      ),
    },
    change_product: byHost((by, payload: RingPayload<'change_product'>) => {
      const { product, min_bid_price: minBidPrice, bid_price: bidPrice, actual_price: actualPrice } = payload;
      return { type: 'change_product', ...by, product, prices: { minBidPrice, bidPrice, actualPrice } };
    }),
    award: byHost((by, { product, weight = null }: RingPayload<'award'>) => ({
      type: 'award_product',
      ...by,
      product,
      weight,
    })),
    mute_user: byHost((by, { user_id: userId, muted: isMuted }: RingPayload<'mute_user'>) => ({
      type: 'mute_user',
      ...by,
      userId,
      isMuted,
    })),
    end_auction: byHost((by) => ({ type: 'end_sale', ...by })),
    cancel_auction: byHost((by) => ({ type: 'cancel_sale', ...by })),
    pause_ring: byHost((by) => ({ type: 'pause_sale', ...by })),
    resume_ring: byHost((by) => ({ type: 'resume_sale', ...by })),
    stop_ring: byHost((by) => ({ type: 'close_ring', ...by })),
  },
  plainAnswers,
);

/** A handler of what only users in the room may ask, in the sale that the path names. */
function byUser<Payload>(
  handle: (
    connection: RingConnection,
    asked: { readonly auctionId: number; readonly user: Scope['user'] },
    payload: Payload,
    message: ClientMessage,
  ) => Promise<Outcome>,
) {
  return (
    connection: RingConnection,
    payload: Payload,
    message: ClientMessage,
  ): Outcome | Promise<Outcome> => {
    const { ringId: auctionId, user, isInRoom } = connection;
    if (user === null) return { kind: 'refused', refusal: SIGN_IN };
    if (auctionId === null) return { kind: 'refused', refusal: refusals.auctionNotFound };
    if (!isInRoom) return { kind: 'refused', refusal: NOT_JOINED };
    return handle(connection, { auctionId, user }, payload, message);
  };
}

/** A request of the auctioneer; the rules refuse it to everyone else. */
function byHost<Payload>(
  commandOf: (by: { readonly nowMs: number; readonly requestedBy: Person }, payload: Payload) => SaleCommand,
) {
  return {
    handle: byUser<Payload>(({ sales }, { auctionId, user: requestedBy }, payload, { receivedAtMs: nowMs }) =>
      sales.direct(auctionId, commandOf({ nowMs, requestedBy }, payload)),
    ),
  };
}
