import type { DeliveryOutcome } from './delivery.ts';

/** One letter, ready to be sent. */
export interface Mail {
  /** Derived from the outbox row, so that a repeated send is recognisable. */
  readonly messageId: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** Delivers letters. `send` never throws, tries once, and the errors in its outcome hold no address. */
export interface Mailer {
  send(mail: Mail): Promise<DeliveryOutcome>;
  close(): Promise<void>;
}

/** A letter that the development mailer kept. */
export interface KeptMail extends Mail {
  readonly id: string;
  readonly sentAtMs: number;
}

/** The letters that the development mailer kept, newest first. */
export interface KeptMailbox {
  list(): Promise<readonly KeptMail[]>;
  read(id: string): Promise<KeptMail | null>;
}
