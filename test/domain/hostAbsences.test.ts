import { beforeEach, describe, expect, it } from 'vitest';
import { HostAbsences } from '../../server/domain/auction/hostAbsences.ts';
import { ManualClock } from '../support/manualClock.ts';

const SALE = 7;

describe('the absence of a host', () => {
  let clock: ManualClock;
  let told: number[];
  const hostsOf = (absentAfterMs: number) => {
    const hosts = new HostAbsences(clock, absentAfterMs);
    hosts.onAbsent((auctionId) => told.push(auctionId));
    return hosts;
  };
  beforeEach(() => {
    clock = new ManualClock();
    told = [];
  });

  it('[GW20] is told once, 10 s after the last connection is lost', async () => {
    const hosts = hostsOf(10_000);
    hosts.joined(SALE);
    hosts.joined(SALE);
    hosts.lost(SALE);
    await clock.advance(60_000);
    expect(told).toEqual([]);
    hosts.lost(SALE);
    await clock.advance(9_999);
    expect(told).toEqual([]);
    await clock.advance(1);
    expect(told).toEqual([SALE]);
    await clock.advance(60_000);
    expect(told).toEqual([SALE]);
    hosts.joined(SALE);
    hosts.lost(SALE);
    await clock.advance(10_000);
    expect(told).toEqual([SALE, SALE]);
  });

  it('[GW20] is none when the host is back in time, and counts anew from the next loss', async () => {
    const hosts = hostsOf(10_000);
    hosts.joined(SALE);
    hosts.lost(SALE);
    await clock.advance(9_000);
    hosts.joined(SALE);
    await clock.advance(60_000);
    hosts.lost(SALE);
    await clock.advance(9_000);
    expect(told).toEqual([]);
    await clock.advance(1_000);
    expect(told).toEqual([SALE]);
  });

  it('[GW20] is none when the host has left the sale, after a stop, and where the limit is off', async () => {
    const hosts = hostsOf(10_000);
    hosts.joined(SALE);
    hosts.left(SALE);
    await clock.advance(60_000);
    hosts.joined(SALE);
    hosts.lost(SALE);
    hosts.stop();
    const never = hostsOf(0);
    never.joined(SALE);
    never.lost(SALE);
    await clock.advance(60_000);
    expect(told).toEqual([]);
  });
});
