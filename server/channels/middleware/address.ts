import { isIPv4, isIPv6, SocketAddress } from 'node:net';
import { KeyedRate } from '../keyedRate.ts';

const IPV4_MAPPED = '::ffff:';
/** `[::1]:8000`, `[::1]` */
const BRACKETED = /^\[([^\]]+)\](?::\d{1,5})?$/;
/** `192.0.2.1:8000` */
const IPV4_WITH_PORT = /^([\d.]+):\d{1,5}$/;
/** How many of the eight groups of an IPv6 address name the network that a client has to itself: a /64. */
const NETWORK_GROUPS = 4;

/**
 * The address of the client itself, as limits count it. Every trusted proxy has appended the address that it saw, so
 * the right one stands `hops` places from the end of `X-Forwarded-For`. One that cannot be read counts as the proxy's.
 */
export function clientAddress(remoteAddress: string, forwardedFor: string, hops: number): string {
  const remote = countedAddress(remoteAddress) ?? remoteAddress;
  if (hops === 0 || forwardedFor === '') return remote;
  const addresses = forwardedFor.split(',').map((address) => address.trim());
  return countedAddress(addresses.at(-hops) ?? addresses[0] ?? '') ?? remote;
}

/**
 * One spelling for all that one client may come from (SA23): an IPv4 address, also where it is mapped into IPv6, or
 * the /64 of an IPv6 address. `null`: this is no address.
 */
export function countedAddress(text: string): string | null {
  const bare = BRACKETED.exec(text)?.[1] ?? IPV4_WITH_PORT.exec(text)?.[1] ?? text;
  if (isIPv4(bare)) return bare;
  const [unscoped = ''] = bare.split('%');
  if (!isIPv6(unscoped)) return null;
  // Node writes addresses in their one canonical form.
  const { address } = new SocketAddress({ address: unscoped, family: 'ipv6' });
  const mapped = address.slice(IPV4_MAPPED.length);
  if (address.startsWith(IPV4_MAPPED) && isIPv4(mapped)) return mapped;
  return `${groupsOf(address).slice(0, NETWORK_GROUPS).join(':')}::/64`;
}

/** All eight groups of a canonical address; what `::` stands for is written out. */
function groupsOf(address: string): string[] {
  const [head = '', tail] = address.split('::');
  const before = head === '' ? [] : head.split(':');
  if (tail === undefined) return before;
  const after = tail === '' ? [] : tail.split(':');
  // An IPv4 address at the end takes the place of two groups.
  const written = before.length + after.length + (after.at(-1)?.includes('.') === true ? 1 : 0);
  return [...before, ...Array<string>(8 - written).fill('0'), ...after];
}

/** How many connections each address may open a minute. */
export class ConnectionRate extends KeyedRate<string> {}
