import { describe, expect, it } from 'vitest';
import { isNestedTooDeep, MAX_DEPTH } from '../../shared/nesting.ts';
import { isoSeconds } from '../../shared/time.ts';

describe('the depth of a payload', () => {
  const nested = (levels: number, open = '[', close = ']') => open.repeat(levels) + close.repeat(levels);

  it('[SA2] may be 32 and not 33, of lists, of objects and of both', () => {
    expect(MAX_DEPTH).toBe(32);
    for (const [open, close] of [
      ['[', ']'],
      ['{"a":', '}'],
    ] as const) {
      expect(isNestedTooDeep(nested(32, open, close))).toBe(false);
      expect(isNestedTooDeep(nested(33, open, close))).toBe(true);
    }
    expect(isNestedTooDeep(nested(16, '[{"a":', '}]'))).toBe(false);
    expect(isNestedTooDeep(`[${nested(16, '[{"a":', '}]')}]`)).toBe(true);
  });

  it('[SA2] counts what is open at a time, not brackets', () => {
    expect(isNestedTooDeep(`[${Array.from({ length: 100 }, () => '[]').join()}]`)).toBe(false);
    expect(isNestedTooDeep(`[${Array.from({ length: 100 }, () => '{}').join()}]`)).toBe(false);
    expect(isNestedTooDeep(`[${Array.from({ length: 100 }, () => '[{}]').join()},${nested(32)}]`)).toBe(true);
  });

  it('[SA2] does not count brackets in texts, whatever is escaped there', () => {
    const brackets = '[{'.repeat(100);
    for (const text of [brackets, `"${brackets}`, `\\${brackets}`, `\\"${brackets}\\`]) {
      expect(isNestedTooDeep(JSON.stringify([text, { [text]: 1 }]))).toBe(false);
    }
    expect(isNestedTooDeep(`["\\\\",${nested(32)}]`)).toBe(true);
    expect(isNestedTooDeep(`["]]]]",${nested(32)}]`)).toBe(true);
  });
});

describe('a time', () => {
  it('is written in UTC with whole seconds', () => {
    const atMs = Date.UTC(2025, 10, 4, 18, 45, 9);
    expect([atMs, atMs + 999, atMs + 1_000, atMs].map(isoSeconds)).toEqual([
      '2025-11-04T18:45:09Z',
      '2025-11-04T18:45:09Z',
      '2025-11-04T18:45:10Z',
      '2025-11-04T18:45:09Z',
    ]);
    expect(isoSeconds(0)).toBe('1970-01-01T00:00:00Z');
  });
});
