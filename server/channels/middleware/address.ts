import { KeyedRate } from '../keyedRate.ts';

/**
 * The address of the client itself. Every trusted proxy has appended the address that it saw, so the right
 * one stands `hops` places from the end of `X-Forwarded-For`.
 */
export function clientAddress(remoteAddress: string, forwardedFor: string, hops: number): string {
  if (hops === 0 || forwardedFor === '') return remoteAddress;
  const addresses = forwardedFor.split(',').map((address) => address.trim());
  return addresses.at(-hops) ?? addresses[0] ?? remoteAddress;
}

/** How many connections each address may open a minute. */
export class ConnectionRate extends KeyedRate<string> {}
