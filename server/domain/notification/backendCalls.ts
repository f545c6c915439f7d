import type { DeliveryOutcome } from '../../ports/delivery.ts';
import type { BackendCall } from './backendCall.ts';

/** Calls the main backend. `send` never throws and tries once; the outbox repeats it, so a call may arrive more than once. */
export interface BackendCalls {
  send(call: BackendCall): Promise<DeliveryOutcome>;
}
