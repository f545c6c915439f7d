import type { Condition } from '../../../domain/auction/view/snapshot.ts';
import type { AccountTables } from './accountTables.ts';
import type { Columns } from './columns.ts';

/** Products, and the ratings of their sellers. */
export function catalogueTables(
  { table, id, integer, boolean, varchar, text, reference, index }: Columns,
  { users }: AccountTables,
) {
  const categories = table('categories', {
    id: id(),
    name: varchar('name', 200).notNull().unique('categories_name'),
    pictureUrl: varchar('picture_url', 500).notNull().default(''),
    createdAtMs: integer('created_at').notNull().default(0),
    updatedAtMs: integer('updated_at').notNull().default(0),
  });

  const products = table(
    'products',
    {
      id: id(),
      sellerId: reference('seller_id', () => users.id),
      categoryId: reference('category_id', () => categories.id),
      name: varchar('name', 200).notNull(),
      description: text('description').notNull(),
      condition: varchar('condition', 16).$type<Condition>().notNull(),
    },
    (table) => [index('products_seller').on(table.sellerId), index('products_category').on(table.categoryId)],
  );

  const productImages = table(
    'product_images',
    {
      id: id(),
      productId: reference('product_id', () => products.id),
      url: varchar('url', 500).notNull(),
      isPrimary: boolean('is_primary').notNull(),
      position: integer('position').notNull(),
    },
    (table) => [index('product_images_product').on(table.productId, table.position)],
  );

  /** Buyers' ratings of sellers, 1 to 5. */
  const feedbacks = table(
    'feedbacks',
    {
      id: id(),
      sellerId: reference('seller_id', () => users.id),
      authorId: reference('author_id', () => users.id),
      rating: integer('rating').notNull(),
      comment: text('comment').notNull(),
      createdAtMs: integer('created_at').notNull(),
    },
    (table) => [
      index('feedbacks_seller').on(table.sellerId, table.rating),
      index('feedbacks_author').on(table.authorId),
    ],
  );

  return { categories, products, productImages, feedbacks };
}

export type CatalogueTables = ReturnType<typeof catalogueTables>;
