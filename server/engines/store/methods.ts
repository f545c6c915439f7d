import type { Database, Session, Work } from './database.ts';

/** Makes a method of a store from a query function: it gets a session, and then what the method is given. */
type Bind = <Given extends readonly unknown[], Result>(
  query: (session: Session, ...given: Given) => Promise<Result>,
) => (...given: Given) => Promise<Result>;

/** The ways to run a query function: see the methods of {@link Database} with the same names. */
export interface Methods {
  readonly read: Bind;
  readonly snapshot: Bind;
  readonly transaction: Bind;
}

/** Methods that work on this database. */
export function methodsOn(database: Database): Methods {
  return {
    read: bind((work) => database.read(work)),
    snapshot: bind((work) => database.snapshot(work)),
    transaction: bind((work) => database.transaction(work)),
  };
}

function bind(run: <Result>(work: Work<Result>) => Promise<Result>): Bind {
  return (query) =>
    (...given) =>
      run((session) => query(session, ...given));
}
