import { isIPv4, isIPv6, SocketAddress } from 'node:net';

const IPV4_MAPPED = '::ffff:';

/** An address in its one canonical spelling, so that a client counts as itself however it was accepted. */
export function canonicalAddress(text: string): string {
  if (!isIPv6(text) || text.includes('%')) return text;
  const { address } = new SocketAddress({ address: text, family: 'ipv6' });
  const tail = address.slice(IPV4_MAPPED.length);
  return address.startsWith(IPV4_MAPPED) && isIPv4(tail) ? tail : address;
}
