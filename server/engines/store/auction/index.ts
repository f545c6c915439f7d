import type { Store } from '../../../ports/store.ts';
import type { Database } from '../database.ts';
import { methodsOn } from '../methods.ts';
import { load, versions } from './auctions.ts';
import { biddersIn } from './bidders.ts';
import { commitTo } from './commit.ts';
import { createAuction } from './create.ts';
import { createSale } from './createSale.ts';
import { bidsByRequestIds, bidsWithRequestIds, changeIdAt, eventsAfter } from './ledger.ts';
import { listAuctions, listBids, listCategories } from './lists.ts';
import { listSales, openRings } from './sales.ts';
import { snapshot as auctionSnapshot } from './snapshot.ts';
import { listWinnings, setSold } from './winnings.ts';

/** The auctions of a database, what was won in them, and their categories. */
export function auctionStores(database: Database): Pick<Store, 'auctions' | 'winnings' | 'categories'> {
  const { read, snapshot, transaction } = methodsOn(database);
  return {
    auctions: {
      load: read(load),
      eventsAfter: read(eventsAfter),
      bidsWithRequestIds: read(bidsWithRequestIds),
      bidsByRequestIds: read(bidsByRequestIds),
      changeIdAt: read(changeIdAt),
      commit: commitTo(database),
      bidders: biddersIn(database),
      snapshot: snapshot(auctionSnapshot),
      versions: read(versions),
      create: transaction(createAuction),
      createSale: transaction(createSale),
      sales: snapshot(listSales),
      openRings: read(openRings),
      list: snapshot(listAuctions),
      bids: snapshot(listBids),
    },
    winnings: { list: snapshot(listWinnings), setSold: transaction(setSold) },
    categories: { list: read(listCategories) },
  };
}
