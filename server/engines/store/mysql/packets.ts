import mysql from 'mysql2';
import type { Statement } from '../database.ts';

/** How long the statements are that travel together: far shorter than what the server takes at a time. */
const CHARACTERS_PER_PACKET = 500_000;

/** What servers differ in. */
export interface Features {
  /** Whether it takes several statements as one: MariaDB does, MySQL does not. */
  readonly hasCompounds: boolean;
}

/** A statement as it is sent. */
export function textOf({ sql, values }: Statement): string {
  return values.length === 0 ? sql : mysql.format(sql, [...values]);
}

/** As many statements together as travel together. */
export function packetsOf(statements: readonly Statement[]): (readonly Statement[])[] {
  const packets: Statement[][] = [];
  let characters = Infinity;
  for (const statement of statements) {
    characters += statement.sql.length;
    if (characters > CHARACTERS_PER_PACKET) {
      packets.push([statement]);
      characters = statement.sql.length;
    } else {
      packets.at(-1)?.push(statement);
    }
  }
  return packets;
}

/**
 * The same in as few statements as the server has answers for: it sends each at once, and each wakes this process up,
 * which costs more than the statement. One whose ids are wanted keeps an answer of its own.
 */
export function compounded(
  statements: readonly Statement[],
  { hasCompounds }: Features,
): readonly Statement[] {
  if (!hasCompounds) return statements;
  const compounds: Statement[] = [];
  let silent: Statement[] = [];
  for (const statement of statements) {
    if (statement.givesIds === true) {
      compounds.push(...asOne(silent), statement);
      silent = [];
    } else {
      silent.push(statement);
    }
  }
  return [...compounds, ...asOne(silent)];
}

function asOne(statements: readonly Statement[]): readonly Statement[] {
  if (statements.length < 2) return statements;
  return [{ sql: `BEGIN NOT ATOMIC ${statements.map(textOf).join(';')};END`, values: [] }];
}
