import type { Store } from '../store.ts';
import type { Database } from '../database.ts';
import { methodsOn } from '../methods.ts';
import { load, versions } from './auctions.ts';
import { biddersIn } from './bidders.ts';
import { commitTo } from './commit.ts';
import { createAuction } from './create.ts';
import { createSale } from './createSale.ts';
import { bidsByRequestIds, bidsWithRequestIds, changeIdAt, eventsAfter } from './ledger.ts';
import { listAuctions, listBids, listCategories, listComments } from './lists.ts';
import { listSales, openRings } from './sales.ts';
import { snapshot as auctionSnapshot } from './snapshot.ts';
import { listWinnings, setSold } from './winnings.ts';

/** The auctions of a database, what was won in them, and their categories. */
export function auctionStores(
  database: Database,
): Pick<Store, 'ledger' | 'views' | 'catalogue' | 'winnings' | 'categories'> {
  const { read, snapshot, transaction } = methodsOn(database);
  return {
    ledger: {
      load: read(load),
      eventsAfter: read(eventsAfter),
      bidsWithRequestIds: read(bidsWithRequestIds),
      bidsByRequestIds: read(bidsByRequestIds),
      changeIdAt: read(changeIdAt),
      commit: commitTo(database),
      bidders: biddersIn(database),
      openRings: read(openRings),
    },
    views: {
      snapshot: snapshot(auctionSnapshot),
      versions: read(versions),
      bids: snapshot(listBids),
      comments: snapshot(listComments),
    },
    catalogue: {
      create: transaction(createAuction),
      createSale: (sale) => createSale(database, sale),
      list: snapshot(listAuctions),
      sales: snapshot(listSales),
    },
    winnings: { list: snapshot(listWinnings), setSold: transaction(setSold) },
    categories: { list: read(listCategories) },
  };
}
