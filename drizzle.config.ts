import { defineConfig } from 'drizzle-kit';

const dialect = process.env['RINGSIDE_DIALECT'] === 'mysql' ? 'mysql' : 'sqlite';

export default defineConfig({
  dialect,
  schema: `./server/engines/store/schema/${dialect}.ts`,
  out: `./migrations/${dialect}`,
});
