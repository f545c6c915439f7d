/** What the two servers that Ringside is compared with know of an auction. Amounts have two decimals. */
export interface KnownAuction {
  readonly id: number;
  readonly startingPrice: string;
  readonly price: string;
  readonly bids: readonly { readonly bidder: string; readonly amount: string; readonly time: string }[];
}

/** The `data` of their `auction_status`, of the same fields and about the same size as Ringside's. */
export function statusData({ id, startingPrice, price, bids }: KnownAuction): object {
  return {
    auction_id: id,
    product: {
      id,
      name: `Lot ${id}`,
      description: 'One of many lots, made to be bid on.',
      condition: 'new',
      category: 'Everything',
      images: [{ url: `/media/products/lot${id}.jpg`, is_primary: true, order: 0 }],
    },
    seller: {
      id: 10_001,
      username: 'seller1',
      email: 'seller1@example.com',
      brand_name: 'BenchEnvironment of seller1',
      biography: null,
      is_verified: true,
      average_rating: '0.00',
      total_feedbacks: 0,
    },
    starting_price: startingPrice,
    current_price: price,
    start_time: '2025-01-01T00:00:00Z',
    end_time: '2035-01-01T00:00:00Z',
    status: 'active',
    is_active: true,
    winner: null,
    total_bids: bids.length,
    latest_bids: bids,
  };
}
