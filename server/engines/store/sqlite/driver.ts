import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import Libsql from 'libsql';
import type { Statement, Value } from '../database.ts';

/** A statement as drizzle's better-sqlite3 session uses it. */
interface DriverStatement {
  run(...values: readonly Value[]): { readonly changes: number; readonly lastInsertRowid: number };
  all(...values: readonly Value[]): unknown[];
  raw(): DriverStatement;
}

/**
 * libsql, with its traps closed: a boolean parameter would abort the process, a lone null would throw, text
 * would be cut at a zero character.
 */
export class Driver {
  readonly #database: Libsql.Database;
  /** Of raw statements only: there are few of them, and preparing costs more than running. */
  readonly #prepared = new Map<string, DriverStatement>();

  constructor(file: string) {
    mkdirSync(dirname(file), { recursive: true });
    this.#database = new Libsql(file);
  }

  get inTransaction(): boolean {
    return this.#database.inTransaction;
  }

  exec(sql: string): void {
    this.#database.exec(sql);
  }

  prepare(sql: string): DriverStatement {
    return guarded(this.#database.prepare(sql));
  }

  rows(sql: string, values: readonly Value[]): unknown[][] {
    return this.#remembered(sql)
      .raw()
      .all(...values) as unknown[][];
  }

  /** Gives the ids of the rows that it inserts, where they are wanted. */
  write({ sql, values, givesIds = false }: Statement): readonly number[] {
    const { changes, lastInsertRowid } = this.#remembered(sql).run(...values);
    const firstId = lastInsertRowid - changes + 1;
    return givesIds ? Array.from({ length: changes }, (_, index) => firstId + index) : [];
  }

  close(): void {
    this.#prepared.clear();
    this.#database.close();
  }

  #remembered(sql: string): DriverStatement {
    const known = this.#prepared.get(sql);
    if (known !== undefined) return known;
    const statement = this.prepare(sql);
    this.#prepared.set(sql, statement);
    return statement;
  }
}

function guarded(statement: Libsql.Statement): DriverStatement {
  const self: DriverStatement = {
    run: (...values) => {
      const { changes, lastInsertRowid } = statement.run(values.map(safe));
      return { changes, lastInsertRowid: Number(lastInsertRowid) };
    },
    all: (...values) => statement.all(values.map(safe)),
    raw: () => {
      statement.raw();
      return self;
    },
  };
  return self;
}

function safe(value: Value): Value {
  if (typeof value === 'boolean') return value ? 1 : 0;
  return typeof value === 'string' ? value.replaceAll('\0', '\uFFFD') : value;
}
