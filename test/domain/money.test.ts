import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatMinor, majorOf, MAX_AMOUNT_MINOR, parseAmount } from '../../shared/money.ts';

describe('money', () => {
  it('[MO1] prints and reads every amount without loss', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: MAX_AMOUNT_MINOR }), (minor) => {
        expect(parseAmount(formatMinor(minor))).toEqual({ ok: true, minor });
        expect(formatMinor(minor)).toMatch(/^\d+\.\d\d$/);
      }),
    );
  });

  it('[MO1] prints every amount as a JSON number without loss', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: MAX_AMOUNT_MINOR }), (minor) => {
        const sent: unknown = JSON.parse(JSON.stringify(majorOf(minor)));
        expect(parseAmount(sent)).toEqual({ ok: true, minor });
      }),
    );
    expect([150_000, 150_050, 1].map(majorOf)).toEqual([1500, 1500.5, 0.01]);
  });

  it('[MO1] reads a JSON number with at most two decimals exactly', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: MAX_AMOUNT_MINOR }), (minor) => {
        const number: unknown = JSON.parse(formatMinor(minor));
        expect(parseAmount(number)).toEqual({ ok: true, minor });
      }),
    );
  });

  it.each([
    [3000, 300000],
    [3000.1, 300010],
    [0.01, 1],
    [999_999_999_999, 99_999_999_999_900],
    [999_999_999_999.99, MAX_AMOUNT_MINOR],
    ['3000', 300000],
    ['3000.5', 300050],
    ['3000.05', 300005],
    ['007', 700],
  ])('[MO2] takes %j', (value, minor) => {
    expect(parseAmount(value)).toEqual({ ok: true, minor });
  });

  it.each([
    [200.1 + 0.01, 20_011],
    [0.1 + 0.2, 30],
    [1.1 + 2.2, 330],
    [0.29 * 100, 2_900],
    [999_999_999_999.98 + 0.01, MAX_AMOUNT_MINOR],
  ])('[MO3] takes %d, which floating point made of an amount', (value, minor) => {
    expect(parseAmount(value)).toEqual({ ok: true, minor });
  });

  it('[MO3] takes a number up to four units in the last place from an amount, and none that is further', () => {
    const amount = fc.integer({ min: 1, max: MAX_AMOUNT_MINOR });
    fc.assert(
      fc.property(amount, fc.integer({ min: -12, max: 12 }), (minor, steps) => {
        const exact = minor / 100;
        const unit = 2 ** (exponentOf(exact) - 52);
        const value = exact + steps * unit;
        // Where the exponent changes a unit is another.
        fc.pre(exponentOf(value) === exponentOf(exact));
        expect(parseAmount(value).ok).toBe(Math.abs(steps) <= 4);
        if (steps !== 0) expect(parseAmount(value.toFixed(20)).ok).toBe(false);
      }),
    );
  });

  it.each([200.105, 200.10999, 200.109999, '200.10999999999999', '0.30000000000000004'])(
    '[MO3] refuses %j as before',
    (value) => {
      expect(parseAmount(value)).toMatchObject({ ok: false });
    },
  );

  it('[MO2] names the field that is wrong', () => {
    const faults = [undefined, true, 'x', 1e12].map((value) => parseAmount(value, 'min_bid_price'));
    expect(faults.map((parsed) => !parsed.ok && parsed.fault.split(' ')[0])).toEqual(
      Array(4).fill('min_bid_price'),
    );
  });

  it.each([
    [0.305, 'amount must be a positive number with at most two decimals'],
    [5e-324, 'amount must be a positive number with at most two decimals'],
    [3000.005, 'amount must be a positive number with at most two decimals'],
    [-1, 'amount must be a positive number with at most two decimals'],
    ['-1', 'amount must be a positive number with at most two decimals'],
    [' 5', 'amount must be a positive number with at most two decimals'],
    ['5e3', 'amount must be a positive number with at most two decimals'],
    ['0x10', 'amount must be a positive number with at most two decimals'],
    ['', 'amount must be a positive number with at most two decimals'],
    ['٣', 'amount must be a positive number with at most two decimals'],
    [Number.NaN, 'amount must be a positive number with at most two decimals'],
    [1e-7, 'amount must be a positive number with at most two decimals'],
    [Number.POSITIVE_INFINITY, 'amount must be at most 999999999999.99'],
    [1e21, 'amount must be at most 999999999999.99'],
    [1e12, 'amount must be at most 999999999999.99'],
    ['1000000000000', 'amount must be at most 999999999999.99'],
    [1_000_000_000_000.125, 'amount must be at most 999999999999.99'],
    ['99999999999999999999', 'amount must be at most 999999999999.99'],
    ['9999999999999999.5', 'amount must be at most 999999999999.99'],
    ['9999999999999999.55', 'amount must be at most 999999999999.99'],
    ['9999999999999999.555', 'amount must be a positive number with at most two decimals'],
    ['9999999999999999.x', 'amount must be a positive number with at most two decimals'],
    ['-9999999999999999', 'amount must be a positive number with at most two decimals'],
    ['9999999999999999 Rs', 'amount must be a positive number with at most two decimals'],
    [undefined, 'amount is required'],
    [null, 'amount is required'],
    [true, 'amount must be a number or a string of digits'],
    [[3000], 'amount must be a number or a string of digits'],
    [{ valueOf: 3000 }, 'amount must be a number or a string of digits'],
  ])('[MO2] refuses %j and says why', (value, fault) => {
    expect(parseAmount(value)).toEqual({ ok: false, fault });
  });
});

/** The power of two of the first digit of a positive double. */
function exponentOf(value: number): number {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  return (bytes.readUInt16BE(0) >> 4) - 1_023;
}
