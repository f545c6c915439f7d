/** How many comments are shown, as in the real gateway. */
const SHOWN_COMMENTS = 100;

/** One live sale without database, hosts or limits: joining and commenting, in messages of the real ones' size. */
export class LiveSale {
  seq = 0;
  #comments: readonly object[] = [];
  #userCount = 0;

  join(auctionId: number): { readonly state: object; readonly userCount: number } {
    this.#userCount += 1;
    const userCount = this.#userCount;
    const state = { auctionId, auction: null, auctionBids: [], comments: this.#comments, userCount };
    return { state, userCount };
  }

  nextRound(): void {
    this.#comments = [];
  }

  /** The `data` of `newComment`. */
  comment(auctionId: number, text: string): object {
    this.seq += 1;
    const newComment = commentModel(auctionId, this.seq, text);
    this.#comments = [...this.#comments.slice(1 - SHOWN_COMMENTS), newComment];
    return { newComment, comments: this.#comments };
  }
}

function commentModel(auctionId: number, seq: number, comment: string): object {
  const time = `${new Date().toISOString().slice(0, 19)}Z`;
  return {
    id: auctionId * 2 ** 32 + seq,
    auction_id: auctionId,
    user_id: 1,
    comment,
    createdAt: time,
    updatedAt: time,
    user: { id: 1, name: 'user1', type: 'Normal', number: '' },
  };
}
