import type { CatalogueStore, CategoryStore } from '../catalogue/store.ts';
import { AuctionSnapshot } from './snapshot.ts';
import type { AuctionViewStore } from './store.ts';

/** Where pictures of the house stand in stored URLs. */
const STORED_PREFIX = '/media/';

type Rewrite = <Url extends string | null>(url: Url) => Url | string;

/** The stores that name pictures. */
export interface PictureStores {
  readonly views: AuctionViewStore;
  readonly catalogue: CatalogueStore;
  readonly categories: CategoryStore;
}

/**
 * A store whose auctions and categories name their pictures at `mediaUrl` (without a slash at the end) instead of
 * `/media`. What is stored stays as it is, and so do URLs of pictures elsewhere.
 */
export function withPicturesAt<Whole extends PictureStores>(store: Whole, mediaUrl: string): Whole {
  const { views, catalogue, categories } = store;
  const rewrite: Rewrite = (url) =>
    url?.startsWith(STORED_PREFIX) === true ? `${mediaUrl}/${url.slice(STORED_PREFIX.length)}` : url;
  const imagesOf = <Line extends { readonly imageUrl: string | null }>(line: Line): Line => ({
    ...line,
    imageUrl: rewrite(line.imageUrl),
  });
  return {
    ...store,
    views: {
      ...views,
      snapshot: async (auctionId) => {
        const snapshot = await views.snapshot(auctionId);
        return snapshot && snapshotWith(snapshot, rewrite);
      },
    },
    catalogue: {
      ...catalogue,
      list: async (filter, page) => {
        const { rows, ...rest } = await catalogue.list(filter, page);
        return { ...rest, rows: rows.map(imagesOf) };
      },
      sales: async (filter, page) => {
        const { rows, ...rest } = await catalogue.sales(filter, page);
        return { ...rest, rows: rows.map(imagesOf) };
      },
    },
    categories: {
      ...categories,
      list: async () => {
        const listed = await categories.list();
        return listed.map((category) => ({ ...category, pictureUrl: rewrite(category.pictureUrl) }));
      },
    },
  };
}

function snapshotWith({ state, details, lists }: AuctionSnapshot, rewrite: Rewrite): AuctionSnapshot {
  const { product, seller, sale } = details;
  const images = product.images.map((image) => ({ ...image, url: rewrite(image.url) }));
  return new AuctionSnapshot(
    state,
    { product: { ...product, images }, seller, sale: sale && { ...sale, imageUrl: rewrite(sale.imageUrl) } },
    lists,
  );
}
