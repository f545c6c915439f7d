import type { Refusal } from './refusals.ts';

/** An event of a ledger under its number; the first one of every ledger has `seq` 1. */
export interface Stored<Event> {
  readonly seq: number;
  readonly event: Event;
}

/** What became of a command: the stored event that answers it, or the reason it was refused. */
export type Outcome<Event> =
  | { readonly kind: 'accepted'; readonly stored: Stored<Event> }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

/** What the rules say to a command, before anything is stored. The last event answers it. */
export type Decision<Event> =
  | { readonly kind: 'events'; readonly events: readonly [Event, ...Event[]] }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

/** An outcome of a refused command. */
export function refused(refusal: Refusal): { readonly kind: 'refused'; readonly refusal: Refusal } {
  return { kind: 'refused', refusal };
}

/** A decision for one event, or several of which the last answers the command. */
export function happened<Event>(event: Event, ...further: readonly Event[]): Decision<Event> {
  return { kind: 'events', events: [event, ...further] };
}
