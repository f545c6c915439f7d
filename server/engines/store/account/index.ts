import type { Store } from '../store.ts';
import type { Database } from '../database.ts';
import { methodsOn } from '../methods.ts';
import { changesAfter, setBlocked } from './accountChanges.ts';
import { accountById, accountByUsername, accountsByIds, addToken, tokenByHash } from './accounts.ts';
import { markWrongCodesTold, offerCode, redeemCode } from './codes.ts';
import { ensureAccount, userOfNumber } from './ensureAccount.ts';
import { addRefreshToken, endLogin, rotateRefreshToken } from './refreshTokens.ts';

/** The users of a database and how they log in. */
export function accountStores(database: Database): Pick<Store, 'accounts' | 'auth'> {
  const { read, transaction } = methodsOn(database);
  return {
    accounts: {
      byId: read(accountById),
      byIds: read(accountsByIds),
      byUsername: read(accountByUsername),
      byTokenHash: read(tokenByHash),
      addToken: transaction(addToken),
      setBlocked: transaction(setBlocked),
      changesAfter: read(changesAfter),
      ensure: (details, nowMs) => ensureAccount(database, details, nowMs),
    },
    auth: {
      offerCode: transaction(offerCode),
      redeemCode: transaction(redeemCode),
      markWrongCodesTold: transaction(markWrongCodesTold),
      userOfNumber: (number, username, nowMs) => userOfNumber(database, number, username, nowMs),
      addRefreshToken: transaction(addRefreshToken),
      rotateRefreshToken: transaction(rotateRefreshToken),
      endLogin: transaction(endLogin),
    },
  };
}
