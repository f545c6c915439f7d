import { majorOf } from '../../../shared/money.ts';
import { isoMilliseconds } from '../../../shared/time.ts';
import type { SaleSnapshot } from '../../domain/auction/view/saleSnapshot.ts';
import type { AuctionStatus } from '../../domain/auction/rules/state.ts';

/** A live sale without what was bid and said in it. */
export interface ListedSale extends Omit<SaleSnapshot, 'bids' | 'comments'> {
  readonly id: number;
  readonly status: AuctionStatus;
}

/** The documented `Auction` model: all fields of a live sale except its relations, prices in major units. */
export type AuctionModel = ReturnType<typeof auctionModel>;

/** A live sale as the gateway document writes it. A sale is expired once its expiry date has come. */
export function auctionModel(sale: ListedSale, nowMs: number) {
  const { prices, status, startDateMs, expiryDateMs } = sale;
  return {
    id: sale.id,
    title: sale.title,
    description: sale.description,
    type: 'Live' as const,
    current_product: sale.product,
    product_description: sale.productDescription,
    actualPrice: majorOf(prices.actualPrice),
    minBidPrice: majorOf(prices.minBidPrice),
    bidPrice: majorOf(prices.bidPrice),
    quantity: sale.quantity,
    expiryDate: isoMilliseconds(expiryDateMs),
    startDate: startDateMs === null ? null : isoMilliseconds(startDateMs),
    isLive: status === 'active',
    isExpired: nowMs >= expiryDateMs,
    isCanceled: status === 'cancelled',
    isEnded: status === 'ended' || status === 'completed',
    image_url: sale.imageUrl,
    user_id: sale.owner.id,
    winning_user_id: sale.winnerId,
    category_id: sale.categoryId,
    createdAt: isoMilliseconds(sale.createdAtMs),
    updatedAt: isoMilliseconds(sale.updatedAtMs),
  };
}
