import { describe, expect, it } from 'vitest';
import { clientAddress } from '../../server/channels/middleware/address.ts';

describe('the address of a client', () => {
  it.each([
    ['::1', '0:0:0:0::/64'],
    ['0:0:0:0:0:0:0:1', '0:0:0:0::/64'],
    ['2001:DB8::1', '2001:db8:0:0::/64'],
    ['2001:0db8:0000:0000:ffff:ffff:ffff:ffff', '2001:db8:0:0::/64'],
    ['2001:db8::1:0:0:1', '2001:db8:0:0::/64'],
    ['2001:db8:0:1::', '2001:db8:0:1::/64'],
    ['[2001:db8::1]:443', '2001:db8:0:0::/64'],
    ['[2001:db8::1]', '2001:db8:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['1:2:3:4:5:6:7:8', '1:2:3:4::/64'],
    ['64:ff9b::192.0.2.1', '64:ff9b:0:0::/64'],
    ['::', '0:0:0:0::/64'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::FFFF:C000:0201', '192.0.2.1'],
    ['0:0:0:0:0:ffff:192.0.2.1', '192.0.2.1'],
    ['192.0.2.1', '192.0.2.1'],
    ['192.0.2.1:5000', '192.0.2.1'],
  ])('[SA23] %s counts as %s', (spelling, counted) => {
    expect(clientAddress(spelling, '', 0)).toBe(counted);
    expect(clientAddress('192.0.2.99', `198.51.100.1, ${spelling}`, 1)).toBe(counted);
  });

  it.each(['', 'unknown', '_hidden', '300.1.1.1', '1:2:3', '192.0.2.1, ', '::g', '[::1', "<script>'"])(
    '[SA23] is that of the proxy where the proxy names %j',
    (named) => {
      expect(clientAddress('192.0.2.99', named, 1)).toBe('192.0.2.99');
    },
  );

  it('[SA23] stands as many places from the end as there are proxies, whatever a client put before', () => {
    expect(clientAddress('192.0.2.99', '1.1.1.1, 2.2.2.2, 3.3.3.3', 2)).toBe('2.2.2.2');
    expect(clientAddress('192.0.2.99', '3.3.3.3', 2)).toBe('3.3.3.3');
    expect(clientAddress('192.0.2.99', '1.1.1.1, 2.2.2.2', 0)).toBe('192.0.2.99');
  });
});
