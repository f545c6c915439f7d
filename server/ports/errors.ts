/** Why something was refused or has failed: a stable code for programs, and a text for people. */
export interface CodedError {
  readonly code: string;
  readonly message: string;
}

/** What engines throw. The message is one line without secrets. */
export abstract class EngineError extends Error implements CodedError {
  abstract readonly code: string;
  /** True where the same may succeed a little later. */
  abstract readonly isTransient: boolean;
}

/** An engine that was asked for cannot be used: the server does not start. */
export class EngineUnavailable extends EngineError {
  override readonly name = 'EngineUnavailable';
  readonly code = 'engine_unavailable';
  readonly isTransient = false;
}

/** A queue whose carrier is away, or that is closed: nothing was added. */
export class QueueUnavailable extends EngineError {
  override readonly name = 'QueueUnavailable';
  readonly code = 'queue_unavailable';
  readonly isTransient = true;
}

/** The store cannot be reached, or refused before anything was stored: nothing has changed. */
export class StoreUnavailable extends EngineError {
  override readonly name = 'StoreUnavailable';
  readonly code = 'store_unavailable';
  readonly isTransient = true;
}

/** The answer to a commit was lost: it is stored whole or not at all, and only reading it again can tell. */
export class CommitInDoubt extends EngineError {
  override readonly name = 'CommitInDoubt';
  readonly code = 'commit_in_doubt';
  readonly isTransient = true;
}

/** True for an engine's error that may be gone a little later. */
export function isTransient(error: unknown): boolean {
  return error instanceof EngineError && error.isTransient;
}
