import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gatewayPayloads } from '../../shared/contracts/gatewaySocket.ts';
import { ringPayloads } from '../../shared/contracts/ringSocket.ts';
import { newSale } from '../support/newSale.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

const REFUSED = ['\u0000', '\u0007', '\u0008', '\u000b', '\u001b', '\u001f', '\u007f', '\u0085'];
const TAKEN = ['two\nlines', 'two\r\nlines', 'a\ttab', 'شال', '🙂', 'e\u0301', 'a\u200db'];
const SENTENCE = 'must not hold control characters';

describe('[SA15] control characters', () => {
  it.each(REFUSED)('are refused in every text of a live sale: %j', (character) => {
    const text = `a${character}b`;
    const prices = { minBidPrice: 1, bidPrice: 1, actualPrice: 1 };
    const ringPrices = { min_bid_price: 1, bid_price: 1, actual_price: 1 };
    const parsed = [
      gatewayPayloads.comment.safeParse({ auctionId: 7, comment: text }),
      gatewayPayloads.awardingAuction.safeParse({ auctionId: 7, product: text }),
      gatewayPayloads.awardingAuction.safeParse({ auctionId: 7, product: 'Ring', weight: text }),
      gatewayPayloads.changeCuurentProduct.safeParse({ auctionId: 7, product: text, ...prices }),
      ringPayloads.comment.safeParse({ comment: text }),
      ringPayloads.award.safeParse({ product: text }),
      ringPayloads.award.safeParse({ product: 'Ring', weight: text }),
      ringPayloads.change_product.safeParse({ product: text, ...ringPrices }),
    ];
    for (const { error } of parsed) expect(error?.issues.map(({ message }) => message)).toEqual([SENTENCE]);
  });

  it.each(TAKEN)('are not what people type: %j', (comment) => {
    expect(ringPayloads.comment.parse({ comment })).toEqual({ comment });
  });

  describe('over the wire', () => {
    let server: TestServer;
    beforeAll(async () => {
      server = await startTestServer();
    });
    afterAll(() => server.stop());

    it('are refused to the sender, who is told which field holds them', async () => {
      const auctionId = await newSale(server);
      const gateway = await server.connect(`/ws/?token=${await server.token('buyer1')}`);
      gateway.send({ type: 'comment', id: 1, data: { auctionId, comment: 'ding \u0007' } });
      expect(await gateway.nextOf('error')).toMatchObject({ id: 1, message: `comment ${SENTENCE}` });
      const ring = await server.connect(`/ws/ring/${auctionId}/?token=${await server.token('buyer1')}`);
      ring.send({ type: 'comment', id: 2, comment: '\u001b[2Jgone' });
      expect(await ring.nextOf('error')).toMatchObject({ id: 2, message: `comment ${SENTENCE}` });
    });

    it('are refused in the fields of new auctions and sales', async () => {
      const token = await server.token('multan_blue');
      const post = async (fields: object) => {
        const response = await fetch(`${server.http}/api/auctions/`, {
          method: 'POST',
          headers: { Authorization: `Token ${token}`, 'Content-Type': 'application/json' },
          body: JSON.stringify(fields),
        });
        const { errors } = (await response.json()) as { errors: Record<string, string[]> };
        return Object.keys(errors).filter((field) => errors[field]?.includes(SENTENCE));
      };
      const text = 'a\u0007b';
      expect(await post({ name: text, description: text, category: text })).toEqual([
        'name',
        'description',
        'category',
      ]);
      const sale = { title: text, description: text, current_product: text, product_description: text };
      expect(await post({ type: 'Live', ...sale })).toEqual(Object.keys(sale));
    });
  });
});
