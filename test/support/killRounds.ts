import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { acceptedOf, type AnsweredBid, type SentBid } from './bids.ts';
import { BidLoad, type LoadPlan, repeat } from './bidLoad.ts';
import { auditAnswers, auditLedgers, auditLetters, requestsIn } from './ledgerAudit.ts';
import { until } from './processes.ts';
import { openRows, type Rows } from './rows.ts';
import { auditSales } from './saleAudit.ts';
import { SaleLoad, type SalePlan } from './saleLoad.ts';
import { type Ended, type ServerHome, type ServerProcess } from './serverProcess.ts';

/** What to do, how often, and to whom. */
export interface KillOrder {
  readonly home: ServerHome;
  readonly rounds: number;
  readonly plan: LoadPlan;
  readonly salePlan: SalePlan;
  /** Each round lasts until so many bids have been accepted in timed auctions, and a random moment more. */
  readonly bidsPerRound: number;
  /** And until so many awards have been made in live sales. */
  readonly awardsPerRound: number;
  /** The Message-IDs of the letters that have arrived so far. */
  readonly messageIds: () => Promise<ReadonlySet<string>> | ReadonlySet<string>;
  /** Told after each round. */
  readonly report?: (round: KillRound) => void;
}

/** What one round came to. */
export interface KillRound {
  /** Bids of timed auctions that somebody was told of before the kill. */
  readonly told: number;
  /** Bids, comments, products and awards of live sales that somebody was told of, and how many were awards. */
  readonly toldInSales: number;
  readonly awards: number;
  /** Bids whose answer the kill cut off, and how many of these had been stored. */
  readonly unanswered: number;
  readonly storedUnanswered: number;
  /** Letters that had not been sent when the server was killed. */
  readonly lettersWaiting: number;
  readonly startedWithinMs: number;
  readonly faults: readonly string[];
}

/** How many answered bids of a round are repeated too, in timed auctions and in live sales. */
const REPEATED_ANSWERED = 20;
/** The longest random moment between the last bid waited for and the kill. */
const KILL_WITHIN_MS = 40;
/** A start that fails is a fault; the rounds go on when one of so many succeeds. */
const START_TRIES = 3;
/** A queue on Redis gives a letter whose worker died to another one after half a minute. */
const LETTERS_WITHIN_MS = 90_000;

/**
 * Kills a server with SIGKILL under load, starts it again and checks everything, round after round. A start that fails
 * is among the faults of its round, with exit code and log. Rejects when the server cannot be started or reached; the
 * message then holds what it said.
 */
export async function killRounds(order: KillOrder): Promise<readonly KillRound[]> {
  const rounds: KillRound[] = [];
  let server = await order.home.start();
  const rows = await openRows(order.home.databaseUrl);
  try {
    while (rounds.length < order.rounds) {
      const [round, restarted] = await killOnce(order, rows, server).catch((error: unknown) => {
        throw new Error(`round ${rounds.length + 1} broke off: ${String(error)}\n${order.home.lastWords()}`, {
          cause: error,
        });
      });
      server = restarted;
      rounds.push(round);
      order.report?.(round);
    }
    await server.stop();
    return rounds;
  } finally {
    await rows.close();
  }
}

async function killOnce(
  { home, plan, salePlan, bidsPerRound, awardsPerRound, messageIds }: KillOrder,
  rows: Rows,
  server: ServerProcess,
): Promise<[KillRound, ServerProcess]> {
  const [load, sales] = await Promise.all([BidLoad.start(plan, server), SaleLoad.start(salePlan, server)]);
  await Promise.all([load.accepted(bidsPerRound), sales.awarded(awardsPerRound)]);
  await new Promise((resolve) => setTimeout(resolve, Math.random() * KILL_WITHIN_MS));
  await server.kill();
  await Promise.all(load.sockets.map(({ closed }) => closed));
  await Promise.all([load.stop(), sales.ended()]);

  const audit = async () => [
    ...(await auditLedgers(rows, load.told)).faults,
    ...(await auditSales(rows, sales.told)),
  ];
  const lettersWaiting = await waitingLetters(rows);
  const faultsAfterKill = await audit();
  const stored = await requestsIn(rows);
  const unanswered = [...load.unanswered.values(), ...sales.unanswered.values()];
  const startedAtMs = performance.now();
  const startFaults: string[] = [];
  const restarted = await startAgain(home, startFaults);
  const startedWithinMs = Math.round(performance.now() - startedAtMs);
  const faults = [
    ...startFaults,
    ...load.faults,
    ...sales.faults,
    ...faultsAfterKill,
    ...(await faultsOfRepeating(restarted, rows, [load.answered, sales.answered], unanswered)),
    ...(await audit()),
  ];
  await until(async () => {
    if ((await waitingLetters(rows)) > 0) throw new Error('letters are still waiting');
  }, LETTERS_WITHIN_MS);
  faults.push(...(await auditLetters(rows, await messageIds())).faults);
  const round = {
    told: numberOfEvents(load.told),
    toldInSales: numberOfEvents(sales.told),
    awards: sales.awards,
    unanswered: unanswered.length,
    storedUnanswered: unanswered.filter(({ id }) => stored.has(id)).length,
    lettersWaiting,
    startedWithinMs,
    faults,
  };
  return [round, restarted];
}

/** Starts the server again; each start that fails goes to `faults`. Rejects when none succeeds. */
async function startAgain(home: ServerHome, faults: string[]): Promise<ServerProcess> {
  for (;;) {
    try {
      return await home.start();
    } catch (error) {
      faults.push(startFault(home.failedStarts.at(-1)));
      if (faults.length === START_TRIES) throw error;
    }
  }
}

function startFault(failed: Ended | undefined): string {
  return `a start failed with exit code ${failed?.code ?? null}: ${failed?.stdout ?? ''}${failed?.stderr ?? ''}`;
}

/** Many are told of the same event. */
function numberOfEvents(told: readonly { readonly auctionId: number; readonly seq: number }[]): number {
  return new Set(told.map(({ auctionId, seq }) => `${auctionId}/${seq}`)).size;
}

/** Repeats what was cut off, then that and some of what was answered: the outcome stays what it is. */
async function faultsOfRepeating(
  server: ServerProcess,
  rows: Rows,
  answered: readonly (readonly AnsweredBid[])[],
  unanswered: readonly SentBid[],
): Promise<string[]> {
  const first = await repeat(server, unanswered);
  const lastAnswered = answered.flatMap((bids) => acceptedOf(bids).slice(-REPEATED_ANSWERED));
  const earlier = [...acceptedOf(first), ...lastAnswered];
  const again = await repeat(
    server,
    earlier.map(({ bid }) => bid),
  );
  const changed = earlier.flatMap(({ bid, answer }, index) => {
    const other = again[index]?.answer;
    return JSON.stringify(other) === JSON.stringify(answer)
      ? []
      : [`bid ${bid.id} was answered ${JSON.stringify(answer)}, repeated ${JSON.stringify(other)}`];
  });
  return [...changed, ...(await auditAnswers(rows, [...answered.flat(), ...first]))];
}

async function waitingLetters(rows: Rows): Promise<number> {
  const [row] = await rows.read(
    `SELECT COUNT(*) AS number FROM outbox WHERE status IN ('pending', 'queued')`,
  );
  return Number(row?.['number']);
}

/** Reads a kept-mail folder again and again: it forgets old letters, this does not. */
export function keptMessageIds(home: ServerHome): () => Promise<ReadonlySet<string>> {
  const folder = join(home.folder, 'mail');
  const known = new Map<string, string>();
  return async () => {
    for (const name of await readdir(folder)) {
      if (!name.endsWith('.json') || known.has(name)) continue;
      const mail = JSON.parse(await readFile(join(folder, name), 'utf8')) as { messageId: string };
      known.set(name, mail.messageId);
    }
    return new Set(known.values());
  };
}
