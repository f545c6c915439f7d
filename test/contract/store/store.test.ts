import { describe } from 'vitest';
import { hasEngine, openTestStore, type StoreKind } from '../../support/store.ts';
import { accountChangeContract } from './accountChanges.ts';
import { auctionContract } from './auctions.ts';
import { authContract } from './auth.ts';
import { callRaceContract } from './callRaces.ts';
import { bidderContract } from './bidders.ts';
import { callContract } from './calls.ts';
import { codeContract } from './codes.ts';
import { commitContract } from './commit.ts';
import { foldContract } from './folds.ts';
import { lifecycleContract } from './lifecycle.ts';
import { migrationContract } from './migration.ts';
import { outboxContract } from './outbox.ts';
import { pageContract } from './pages.ts';
import { peopleContract } from './people.ts';
import { raceContract } from './races.ts';
import { saleContract } from './sales.ts';
import type { OpenStore } from './scripts.ts';
import { telecallerContract } from './telecallers.ts';
import { winningContract } from './winnings.ts';

const KINDS: readonly StoreKind[] = ['sqlite', 'mysql'];

for (const kind of KINDS) {
  describe.skipIf(!hasEngine(kind))(`[PO1] the ${kind} store`, () => {
    const open: OpenStore = (seed) => openTestStore(kind, seed);
    accountChangeContract(open);
    auctionContract(open);
    authContract(open);
    bidderContract(open);
    callContract(open);
    callRaceContract(open);
    codeContract(open);
    commitContract(open);
    foldContract(open);
    lifecycleContract(kind, open);
    migrationContract(kind);
    outboxContract(open);
    pageContract(kind, open);
    peopleContract(open);
    raceContract(open);
    saleContract(open);
    telecallerContract(open);
    winningContract(open);
  });
}
