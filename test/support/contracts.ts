import { isDeepStrictEqual } from 'node:util';
import { serverMessage as auctionMessage } from '../../shared/contracts/auctionSocket.ts';
import { telecallerServerMessage, userServerMessage } from '../../shared/contracts/callSocket.ts';
import { serverMessage as gatewayMessage } from '../../shared/contracts/gatewaySocket.ts';
import { serverMessage as ringMessage } from '../../shared/contracts/ringSocket.ts';

/** The contract of what a server sends. */
export interface ServerContract {
  safeParse(frame: unknown): { readonly data?: unknown; readonly error?: { readonly message: string } };
}

const CONTRACTS: readonly (readonly [RegExp, ServerContract])[] = [
  [/^\/ws\/auction\//, auctionMessage],
  [/^\/ws\/ring\//, ringMessage],
  [/^\/ws\/user\//, userServerMessage],
  [/^\/ws\/telecaller\//, telecallerServerMessage],
  [/^\/ws\/?(?:\?|$)/, gatewayMessage],
];

/** The contract of what the server sends on a path; `null` for a path of no protocol of the server. */
export function contractOf(path: string): ServerContract | null {
  return CONTRACTS.find(([pattern]) => pattern.test(path))?.[1] ?? null;
}

/** What is wrong with frames by the contract: one sentence for each of them. */
export function breaches(contract: ServerContract, frames: readonly unknown[]): string[] {
  return frames.flatMap((frame) => {
    const { data, error } = contract.safeParse(frame);
    if (error === undefined && isDeepStrictEqual(data, frame)) return [];
    return [
      `${JSON.stringify(frame)} is not in the contract: ${error?.message ?? 'read as another message'}`,
    ];
  });
}
