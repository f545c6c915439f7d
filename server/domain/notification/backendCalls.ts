import type { DeliveryOutcome } from '../../ports/delivery.ts';
import type { BackendCall } from './backendCall.ts';

/** Tells the house's main backend. `send` never throws and tries once; a call may arrive more than once. */
export interface BackendCalls {
  send(call: BackendCall): Promise<DeliveryOutcome>;
}
