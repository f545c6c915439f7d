import type { Account } from '../../domain/account/account.ts';
import type {
  AccountStore,
  AuctionStore,
  AuthStore,
  DeadlineStore,
  NotificationStore,
  OutboxStore,
  SeedStore,
  Store,
  WinningStore,
} from '../../ports/store.ts';
import type { CallStore } from '../../ports/callStore.ts';
import type { Database } from './database.ts';
import {
  accountById,
  accountByNumber,
  accountByUsername,
  accountsByIds,
  addBuyer,
  addToken,
  tokenByHash,
} from './queries/accounts.ts';
import { load, versions } from './queries/auctions.ts';
import {
  callByCallId,
  callById,
  callsUnderWay,
  callUnderWayOf,
  coinBalance,
  listCalls,
} from './queries/calls.ts';
import { ensureAccount } from './queries/ensureAccount.ts';
import { listCategories } from './queries/categories.ts';
import { claimDue } from './queries/claimDue.ts';
import { markWrongCodesTold, offerCode, redeemCode } from './queries/codes.ts';
import { commitTo } from './queries/commit.ts';
import { createAuction } from './queries/create.ts';
import { createSale } from './queries/createSale.ts';
import {
  clearDeadlines,
  deadlinesOf,
  dueDeadlines,
  nextDeadlineAtMs,
  pullDeadlinesBack,
  putDeadlinesOff,
  removeDeadline,
  setDeadlines,
} from './queries/deadlines.ts';
import { bidsByRequestIds, bidsWithRequestIds, changeIdAt, eventsAfter } from './queries/ledger.ts';
import { listAuctions, listBids } from './queries/lists.ts';
import { beginCall, moveCall } from './queries/moveCalls.ts';
import { listNotifications, markAllRead, markRead, unreadCount } from './queries/notifications.ts';
import {
  countFailure,
  depth,
  markSent,
  nextJobAtMs,
  outboxJob,
  pullBack,
  reclaimForgotten,
  unclaim,
} from './queries/outbox.ts';
import { addRefreshToken, rotateRefreshToken } from './queries/refreshTokens.ts';
import { listSales, openRings } from './queries/sales.ts';
import { insertSeed, isEmpty } from './queries/seed.ts';
import { snapshot } from './queries/snapshot.ts';
import {
  listTelecallers,
  resetPresence,
  saveTelecaller,
  setPresence,
  telecallerById,
} from './queries/telecallers.ts';
import { listWinnings, setSold } from './queries/winnings.ts';

/** The store over one engine's connections. */
export function storeOf(database: Database): Store {
  return {
    auctions: auctionStore(database),
    notifications: notificationStore(database),
    outbox: outboxStore(database),
    deadlines: deadlineStore(database),
    accounts: accountStore(database),
    winnings: winningStore(database),
    categories: { list: () => database.read(listCategories) },
    auth: authStore(database),
    calls: callStore(database),
    seed: seedStore(database),
    ping: () => database.probe(),
    close: () => database.close(),
  };
}

function auctionStore(database: Database): AuctionStore {
  return {
    load: (id) => database.read((session) => load(session, id)),
    eventsAfter: (id, seq, limit) => database.read((session) => eventsAfter(session, id, seq, limit)),
    bidsWithRequestIds: (id, sinceMs, limit) =>
      database.read((session) => bidsWithRequestIds(session, id, sinceMs, limit)),
    bidsByRequestIds: (id, sinceMs, requestIds) =>
      database.read((session) => bidsByRequestIds(session, id, sinceMs, requestIds)),
    changeIdAt: (id, seq) => database.read((session) => changeIdAt(session, id, seq)),
    commit: commitTo(database),
    snapshot: (id) => database.snapshot((session) => snapshot(session, id)),
    versions: (ids) => database.read((session) => versions(session, ids)),
    create: (auction) => database.transaction((session) => createAuction(session, auction)),
    createSale: (sale) => database.transaction((session) => createSale(session, sale)),
    sales: (filter, page) => database.snapshot((session) => listSales(session, filter, page)),
    openRings: () => database.read(openRings),
    list: (filter, page) => database.snapshot((session) => listAuctions(session, filter, page)),
    bids: (id, page) => database.snapshot((session) => listBids(session, id, page)),
  };
}

function notificationStore(database: Database): NotificationStore {
  return {
    list: (userId, page) => database.snapshot((session) => listNotifications(session, userId, page)),
    markRead: (userId, id) => database.transaction((session) => markRead(session, userId, id)),
    markAllRead: (userId) => database.transaction((session) => markAllRead(session, userId)),
    unreadCount: (userId) => database.read((session) => unreadCount(session, userId)),
  };
}

function outboxStore(database: Database): OutboxStore {
  return {
    claimDue: (nowMs, limit, gatherWindowMs) =>
      database.transaction((session) => claimDue(session, nowMs, limit, gatherWindowMs)),
    nextDueAtMs: () => database.read(nextJobAtMs),
    unclaim: (ids) => database.transaction((session) => unclaim(session, ids)),
    reclaimForgotten: (beforeMs) => database.transaction((session) => reclaimForgotten(session, beforeMs)),
    pullBack: (nowMs, latestDueAtMs) =>
      database.transaction((session) => pullBack(session, nowMs, latestDueAtMs)),
    job: (id) => database.read((session) => outboxJob(session, id)),
    markSent: (id, atMs) => database.transaction((session) => markSent(session, id, atMs)),
    retryAt: (id, dueAtMs, error) =>
      database.transaction((session) => countFailure(session, id, dueAtMs, error)),
    giveUp: (id, error) => database.transaction((session) => countFailure(session, id, null, error)),
    depth: () => database.read(depth),
  };
}

function deadlineStore(database: Database): DeadlineStore {
  return {
    due: (nowMs, limit) => database.read((session) => dueDeadlines(session, nowMs, limit)),
    nextDueAtMs: () => database.read(nextDeadlineAtMs),
    set: (deadlines) => database.transaction((session) => setDeadlines(session, deadlines)),
    clear: (kinds, subjectId) => database.transaction((session) => clearDeadlines(session, kinds, subjectId)),
    of: (kinds) => database.read((session) => deadlinesOf(session, kinds)),
    pullBack: (kind, latestDueAtMs) =>
      database.transaction((session) => pullDeadlinesBack(session, kind, latestDueAtMs)),
    putOff: (kind, afterMs, untilMs, byMs) =>
      database.transaction((session) => putDeadlinesOff(session, kind, [afterMs, untilMs], byMs)),
    remove: (deadline) => database.transaction((session) => removeDeadline(session, deadline)),
  };
}

function accountStore(database: Database): AccountStore {
  return {
    byId: (id) => database.read((session) => accountById(session, id)),
    byIds: (ids) => database.read((session) => accountsByIds(session, ids)),
    byUsername: (username) => database.read((session) => accountByUsername(session, username)),
    byTokenHash: (hash) => database.read((session) => tokenByHash(session, hash)),
    addToken: (hash, userId, expiresAtMs, nowMs) =>
      database.transaction((session) => addToken(session, hash, userId, expiresAtMs, nowMs)),
    ensure: (details, nowMs) => ensureAccount(database, details, nowMs),
  };
}

function winningStore(database: Database): WinningStore {
  return {
    list: (userId, page) => database.snapshot((session) => listWinnings(session, userId, page)),
    setSold: (hostId, id, isSold, nowMs) =>
      database.transaction((session) => setSold(session, hostId, id, isSold, nowMs)),
  };
}

function authStore(database: Database): AuthStore {
  return {
    offerCode: (code, bounds) => database.transaction((session) => offerCode(session, code, bounds)),
    redeemCode: (number, hash, nowMs, rules) =>
      database.transaction((session) => redeemCode(session, number, hash, nowMs, rules)),
    markWrongCodesTold: (number, wrongCodes) =>
      database.transaction((session) => markWrongCodesTold(session, number, wrongCodes)),
    userOfNumber: (number, username, nowMs) => userOfNumber(database, number, username, nowMs),
    addRefreshToken: (token) => database.transaction((session) => addRefreshToken(session, token)),
    rotateRefreshToken: (hash, next, nowMs) =>
      database.transaction((session) => rotateRefreshToken(session, hash, next, nowMs)),
  };
}

function callStore(database: Database): CallStore {
  return {
    telecaller: (userId) => database.read((session) => telecallerById(session, userId)),
    telecallers: (page) => database.snapshot((session) => listTelecallers(session, page)),
    saveTelecaller: (userId, details) =>
      database.transaction((session) => saveTelecaller(session, userId, details)),
    setPresence: (telecallerId, presence) =>
      database.transaction((session) => setPresence(session, telecallerId, presence)),
    resetPresence: () => database.transaction(resetPresence),
    begin: (call, unansweredAtMs) =>
      database.transaction((session) => beginCall(session, call, unansweredAtMs)),
    byCallId: (callId) => database.read((session) => callByCallId(session, callId)),
    byId: (id) => database.read((session) => callById(session, id)),
    underWayOf: (userId) => database.read((session) => callUnderWayOf(session, userId)),
    underWay: () => database.read(callsUnderWay),
    move: (move) => database.transaction((session) => moveCall(session, move)),
    list: (userId, page) => database.snapshot((session) => listCalls(session, userId, page)),
    coinBalance: (userId) => database.read((session) => coinBalance(session, userId)),
  };
}

/** Another process may make the user at the same time, which is as good. */
async function userOfNumber(
  database: Database,
  number: string,
  username: string,
  nowMs: number,
): Promise<Account> {
  const find = () => database.read((session) => accountByNumber(session, number));
  const known = await find();
  if (known !== null) return known;
  const adding = database.transaction((session) => addBuyer(session, number, username, nowMs));
  const fault: unknown = await adding.catch((error: unknown) => error);
  const made = await find();
  if (made === null) throw fault;
  return made;
}

function seedStore(database: Database): SeedStore {
  return {
    isEmpty: () => database.read(isEmpty),
    insert: (data) => database.transaction((session) => insertSeed(session, data)),
  };
}
