import { describe } from 'vitest';
import { hasEngine, openTestStore, type StoreKind } from '../support/store.ts';
import { auctionContract } from './storeAuctions.ts';
import { authContract } from './storeAuth.ts';
import { callRaceContract } from './storeCallRaces.ts';
import { callContract } from './storeCalls.ts';
import { codeContract } from './storeCodes.ts';
import { commitContract } from './storeCommit.ts';
import { foldContract } from './storeFolds.ts';
import { lifecycleContract } from './storeLifecycle.ts';
import { migrationContract } from './storeMigration.ts';
import { outboxContract } from './storeOutbox.ts';
import { pageContract } from './storePages.ts';
import { peopleContract } from './storePeople.ts';
import { raceContract } from './storeRaces.ts';
import { saleContract } from './storeSales.ts';
import type { OpenStore } from './storeScripts.ts';
import { telecallerContract } from './storeTelecallers.ts';
import { winningContract } from './storeWinnings.ts';

const KINDS: readonly StoreKind[] = ['sqlite', 'mysql'];

for (const kind of KINDS) {
  describe.skipIf(!hasEngine(kind))(`[PO1] the ${kind} store`, () => {
    const open: OpenStore = (seed) => openTestStore(kind, seed);
    auctionContract(open);
    authContract(open);
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
