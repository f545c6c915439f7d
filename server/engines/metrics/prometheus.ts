import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';
import { closeCodeName } from '../../../shared/closeCodes.ts';
import type { GaugeName, Metrics } from '../../ports/metrics.ts';
import type { DeliveryKind } from '../../ports/delivery.ts';
import { HotHistogram } from './histogram.ts';

const SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];
const SIZES = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512];

const GAUGE_HELP: Record<GaugeName, string> = {
  rooms: 'Auctions that clients of this process watch.',
  lanes: 'Auctions whose state this process holds.',
  buffered_bytes: 'What waits to be sent over all sockets.',
  receipts: 'Outcomes of messages that are remembered.',
  receipt_bytes: 'What the remembered outcomes take, about.',
  lookups_waiting: 'Look-ups of auctions that wait for their turn.',
  queue_depth: 'Letters, calls to the main backend and rooms to be closed that are pending or queued.',
};

/** Metrics for Prometheus, in a registry of their own so that several servers may live in one process. */
export function createPrometheusMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const connections = new Gauge({
    name: 'ringside_connections',
    help: 'Open sockets.',
    labelNames: ['route'],
    registers: [registry],
  });
  const { closes, limited, bids, deliveries } = createCounters(registry);
  const histogram = (name: string, help: string, buckets: number[]) =>
    new HotHistogram(registry, name, help, buckets);
  const commitSeconds = histogram('ringside_commit_seconds', 'Duration of a commit.', SECONDS);
  const commitAuctions = histogram('ringside_commit_auctions', 'Auctions in one commit.', SIZES);
  const commitEvents = histogram('ringside_commit_events', 'Ledger events in one commit.', SIZES);
  const broadcastSeconds = histogram(
    'ringside_broadcast_seconds',
    'Encoding and handing over one event.',
    SECONDS,
  );
  return {
    connectionOpened: (route) => connections.inc({ route }),
    connectionClosed: (route, code) => {
      connections.dec({ route });
      closes.inc({ route, code: closeCodeName(code) });
    },
    limited,
    bidAnswered: bids,
    committed: ({ auctions, events, durationMs }) => {
      commitAuctions.observe(auctions);
      commitEvents.observe(events);
      commitSeconds.observe(durationMs / 1000);
    },
    broadcast: (durationMs) => broadcastSeconds.observe(durationMs / 1000),
    deliveryAttempted: (kind, result) => deliveries[kind].inc({ outcome: result }),
    gauge: (name, read) => {
      new Gauge({
        name: `ringside_${name}`,
        help: GAUGE_HELP[name],
        registers: [registry],
        async collect() {
          this.set(await orUnknown(read));
        },
      });
    },
    page: async () => ({ body: await registry.metrics(), contentType: registry.contentType }),
  };
}

function createCounters(registry: Registry) {
  const counter = (name: string, help: string, ...labelNames: string[]) =>
    new Counter({ name, help, labelNames, registers: [registry] });
  const attempts = (name: string, what: string) =>
    counter(name, `Attempts to ${what} by outcome.`, 'outcome');
  const deliveries: Readonly<Record<DeliveryKind, Counter>> = {
    letter: attempts('ringside_mails_total', 'send a letter'),
    backend_call: attempts('ringside_backend_calls_total', 'tell the main backend'),
    close_room: attempts('ringside_rooms_closed_total', "close a call's room"),
  };
  return {
    closes: counter(
      'ringside_closes_total',
      'Closed sockets by the name of their close code.',
      'route',
      'code',
    ),
    limited: hotCounter(
      registry,
      'ringside_limited_total',
      'What was refused or closed, by the limit it met.',
      'limit',
    ),
    bids: hotCounter(
      registry,
      'ringside_bids_total',
      'Bids by outcome: accepted, or the code of the refusal.',
      'outcome',
    ),
    deliveries,
  };
}

/**
 * Counts that are shown when they are asked for: a labelled counter of prom-client costs more than a rule of the
 * auction. Gives what counts one more under a value of the label.
 */
function hotCounter(registry: Registry, name: string, help: string, label: string): (value: string) => void {
  const counts = new Map<string, { count: number }>();
  new Counter({
    name,
    help,
    labelNames: [label],
    registers: [registry],
    collect() {
      this.reset();
      for (const [value, { count }] of counts) this.inc({ [label]: value }, count);
    },
  });
  return (value) => {
    const counted = counts.get(value);
    if (counted === undefined) counts.set(value, { count: 1 });
    else counted.count += 1;
  };
}

/** What cannot be read just now is unknown: the other numbers are wanted most when something is away. */
async function orUnknown(read: () => number | Promise<number>): Promise<number> {
  try {
    return await read();
  } catch {
    return Number.NaN;
  }
}
