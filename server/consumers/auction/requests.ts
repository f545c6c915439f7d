import { auctionPayloads, type ServerMessage } from '../../../shared/contracts/auctionSocket.ts';
import type { Scope } from '../../channels/consumer.ts';
import { requestIdOf } from '../../channels/message.ts';
import { plainAnswers, requestHandler } from '../../channels/requests.ts';
import type { BidPlaced } from '../../domain/auction/events.ts';
import type { AuctionService } from '../../domain/auction/service.ts';
import { refused, type Stored } from '../../domain/outcome.ts';
import { type Refusal, refusals } from '../../domain/refusals.ts';
import { bidAcceptedMessage } from './messages.ts';

/** The connection that a request came on. */
export interface AuctionConnection {
  readonly auctions: AuctionService;
  /** `null`: the path names no auction. */
  readonly auctionId: number | null;
  readonly user: Scope['user'];
}

/** An accepted bid. */
interface AcceptedBid {
  readonly kind: 'accepted';
  readonly stored: Stored<BidPlaced>;
}

/** What a client of this protocol may ask. An accepted bid is answered where it carried an id. */
export const handleAuctionRequest = requestHandler<
  typeof auctionPayloads,
  AuctionConnection,
  ServerMessage,
  AcceptedBid,
  Refusal
>(
  auctionPayloads,
  {
    place_bid: {
      counts: 'bid',
      handle: ({ auctions, auctionId, user: bidder }, { amount }, message) => {
        if (auctionId === null) return refused(refusals.auctionNotFound);
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
  },
  {
    ...plainAnswers,
    accepted: (channel, { id }, { stored }) => {
      if (id !== undefined) channel.push(bidAcceptedMessage(id, stored));
    },
  },
);
