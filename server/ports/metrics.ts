import type { LimitName } from '../limits.ts';
import type { DeliveryKind } from './delivery.ts';

/** What the server counts and measures. Recording never throws and never waits. */
export interface Metrics {
  connectionOpened(route: string): void;
  connectionClosed(route: string, closeCode: number): void;
  /** Something was refused, or closed, because of that limit. */
  limited(limit: LimitName): void;
  /** `outcome` is `accepted` or a refusal's code. */
  bidAnswered(outcome: string): void;
  /** One transaction of the committer: how many auctions and ledger rows it held, and how long it took. */
  committed(sample: { auctions: number; events: number; durationMs: number }): void;
  /** One event handed to the transport for one dialect. */
  broadcast(durationMs: number): void;
  /** What became of one attempt to do what stands in the outbox. */
  deliveryAttempted(kind: DeliveryKind, result: DeliveryResult): void;
  /** A gauge that is read when the metrics are; not a number while that fails. */
  gauge(name: GaugeName, read: () => number | Promise<number>): void;
  /** The Prometheus text page and its content type. */
  page(): Promise<{ body: string; contentType: string }>;
}

/** What an attempt to deliver led to. */
export type DeliveryResult = 'sent' | 'retried' | 'given_up';

/** The gauges there are. */
export type GaugeName =
  'rooms' | 'lanes' | 'queue_depth' | 'buffered_bytes' | 'receipts' | 'receipt_bytes' | 'lookups_waiting';
