import { readMigrationFiles } from 'drizzle-orm/migrator';

/** What migrating needs of a connection. */
export interface Migrator {
  execute(sql: string): Promise<void>;
  /** The statements done of each migration in {@link PROGRESS_TABLE}, by its time. */
  progress(): Promise<ReadonlyMap<number, number>>;
  /** True when `error` says that what a statement makes is there, or what it drops is gone. */
  isAlreadyDone(error: unknown): boolean;
}

/** Says how far each migration has come: MySQL stores every statement by itself, and may be cut short. */
export const PROGRESS_TABLE = 'migrations';

/**
 * Brings the database to the newest schema. The caller makes sure that no other process migrates meanwhile.
 * Goes on where an earlier run was cut short.
 */
export async function migrate(migrator: Migrator, folder: string): Promise<void> {
  await migrator.execute(
    `CREATE TABLE IF NOT EXISTS ${PROGRESS_TABLE} (made_at bigint PRIMARY KEY, statements bigint NOT NULL)`,
  );
  const progress = await migrator.progress();
  for (const { folderMillis: madeAt, sql: statements } of readMigrationFiles({ migrationsFolder: folder })) {
    const done = progress.get(madeAt);
    for (const [index, statement] of statements.entries()) {
      if (index < (done ?? 0)) continue;
      try {
        await migrator.execute(statement);
      } catch (error) {
        const mayBeDone = index === done;
        if (!mayBeDone || !migrator.isAlreadyDone(error)) throw error;
      }
      await migrator.execute(`REPLACE INTO ${PROGRESS_TABLE} VALUES (${madeAt}, ${index + 1})`);
    }
  }
}
