/**
 * Money is an integer number of minor units (paisa) everywhere inside; digits are parsed and printed here
 * and nowhere else (decisions 2 and 3).
 */
export type Minor = number;

/** The largest amount taken: 999,999,999,999.99. Sums of a few of them stay exact in a double. */
export const MAX_AMOUNT_MINOR: Minor = 99_999_999_999_999;

/** The largest number of whole units. */
const MAX_WHOLE = 999_999_999_999;

/** An amount read from outside, or the sentence that says what is wrong with it. */
export type ParsedAmount =
  { readonly ok: true; readonly minor: Minor } | { readonly ok: false; readonly fault: string };

const DIGITS = /^(\d{1,15})(?:\.(\d{1,2}))?$/;

/** How far sums of amounts with two decimals may be from what they mean, in units in the last place. */
const MAX_FLOATING_POINT_ERROR = 4;

/**
 * Reads a JSON number or a string of digits with at most two decimals. A number that floating point alone keeps from
 * being such an amount, as `0.1 + 0.2`, is that amount. Nothing else is rounded: `0.305`, `1e400`, `-1`, `" 5"` and
 * `"5e3"` are refused, each with a sentence that starts with `field`.
 */
export function parseAmount(value: unknown, field = 'amount'): ParsedAmount {
  if (value === undefined || value === null) return { ok: false, fault: `${field} is required` };
  if (typeof value !== 'number' && typeof value !== 'string') {
    return { ok: false, fault: `${field} must be a number or a string of digits` };
  }
  if (isWhole(value)) return { ok: true, minor: Number(value) * 100 };
  const match = DIGITS.exec(String(value));
  if (match === null) {
    const minor = typeof value === 'number' ? nearestAmount(value) : null;
    if (minor !== null) return { ok: true, minor };
    return tooLarge(value)
      ? aboveMaximum(field)
      : { ok: false, fault: `${field} must be a positive number with at most two decimals` };
  }
  const [, units = '', decimals = ''] = match;
  const minor = Number(units) * 100 + Number(decimals.padEnd(2, '0'));
  return minor > MAX_AMOUNT_MINOR ? aboveMaximum(field) : { ok: true, minor };
}

/** Most amounts, which need no digits to be looked at. */
function isWhole(value: number | string): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value > 0 && value <= MAX_WHOLE;
}

/** The amount that differs from a number by floating point only; `null` where there is none. */
function nearestAmount(value: number): Minor | null {
  const minor = Math.round(value * 100);
  if (!(minor > 0 && minor <= MAX_AMOUNT_MINOR)) return null;
  const distance = Math.abs(value - minor / 100);
  return distance <= MAX_FLOATING_POINT_ERROR * unitInTheLastPlace(value) ? minor : null;
}

const bytesOfDouble = new DataView(new ArrayBuffer(8));

/** The distance between a positive double and the next larger one. */
function unitInTheLastPlace(value: number): number {
  bytesOfDouble.setFloat64(0, value);
  const biasedExponent = bytesOfDouble.getUint16(0) >> 4;
  return 2 ** (biasedExponent - 1_075);
}

/** Prints minor units as a string with two decimals: `300000` becomes `"3000.00"`. */
export function formatMinor(minor: Minor): string {
  const units = Math.trunc(minor / 100);
  return `${units}.${String(minor % 100).padStart(2, '0')}`;
}

/** Minor units as a number of major units, exact to the last digit: `150050` becomes `1500.5`. */
export function majorOf(minor: Minor): number {
  return minor / 100;
}

function aboveMaximum(field: string): ParsedAmount {
  return { ok: false, fault: `${field} must be at most ${formatMinor(MAX_AMOUNT_MINOR)}` };
}

function tooLarge(value: number | string): boolean {
  return typeof value === 'number' ? value >= MAX_AMOUNT_MINOR / 100 : /^\d{16,}(?:\.\d{1,2})?$/.test(value);
}
