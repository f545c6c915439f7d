import { sqliteColumns } from './columns.ts';
import { tablesOf } from './tables.ts';

// drizzle-kit makes migrations of what this file exports; index.ts does not compile when a table is missing.
export const {
  users,
  sellers,
  tokens,
  otpCodes,
  otpMessages,
  refreshFamilies,
  refreshTokens,
  accountChanges,
  categories,
  products,
  productImages,
  feedbacks,
  auctions,
  bids,
  ledgerEvents,
  liveSales,
  mutes,
  comments,
  winnings,
  telecallers,
  calls,
  activeCalls,
  notifications,
  outbox,
  deadlines,
  probes,
  nodes,
} = tablesOf(sqliteColumns);
