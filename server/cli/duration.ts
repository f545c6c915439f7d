const UNITS_MS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Reads `90s`, `30m`, `1h` or `7d`; `null` for anything else and for nothing. */
export function parseDurationMs(text: string): number | null {
  const [, digits, unit] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  if (digits === undefined || unit === undefined) return null;
  const durationMs = Number(digits) * UNITS_MS[unit as keyof typeof UNITS_MS];
  return durationMs > 0 ? durationMs : null;
}
