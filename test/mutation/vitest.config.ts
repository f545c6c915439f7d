import { defineConfig } from 'vitest/config';

/** The suites that mutants are run against: quick, in one process, without servers of other programs. */
export default defineConfig({
  test: {
    root: '.',
    include: [
      'test/domain/**/*.test.ts',
      'test/channels/**/*.test.ts',
      'test/consumers/**/*.test.ts',
      'test/contract/store/**/*.test.ts',
    ],
    // In place of the global setup, which starts MariaDB and Redis: suites on them are skipped.
    provide: { mariadbUrl: null, redisUrl: null },
    testTimeout: 60_000,
  },
});
