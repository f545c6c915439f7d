import type { CallStore } from '../../../domain/call/store.ts';
import type { Database } from '../database.ts';
import { methodsOn } from '../methods.ts';
import { callByCallId, callById, callsUnderWay, callUnderWayOf, coinBalance, listCalls } from './calls.ts';
import { beginCall, markRoomUsed, moveCall } from './moveCalls.ts';
import {
  listTelecallers,
  resetPresence,
  saveTelecaller,
  setPresence,
  telecallerById,
} from './telecallers.ts';

/** The calls of a database and its telecallers. */
export function callStore(database: Database): CallStore {
  const { read, snapshot, transaction } = methodsOn(database);
  return {
    telecaller: read(telecallerById),
    telecallers: snapshot(listTelecallers),
    saveTelecaller: transaction(saveTelecaller),
    setPresence: transaction(setPresence),
    resetPresence: transaction(resetPresence),
    begin: transaction(beginCall),
    byCallId: read(callByCallId),
    byId: read(callById),
    underWayOf: read(callUnderWayOf),
    underWay: read(callsUnderWay),
    move: transaction(moveCall),
    markRoomUsed: transaction(markRoomUsed),
    list: snapshot(listCalls),
    coinBalance: read(coinBalance),
  };
}
