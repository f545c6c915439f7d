/** Lets go of what was taken. */
export type Release = () => Promise<void>;

/** Which processes serve a database. Every method rejects with `StoreUnavailable` while the database is away. */
export interface ServingStore {
  /** Whether several processes can serve it together. */
  readonly canBeShared: boolean;
  /**
   * Takes the database for this process alone: until it is released, or the process ends in whatever way. `null`: another
   * process has it. `lost` is called, once, when another process took it after the connection was broken.
   */
  takeAlone(lost: () => void): Promise<Release | null>;
  /** True while a process has taken it alone. */
  isTakenAlone(): Promise<boolean>;
  /** Stores that this node lives, by the clock of the database. */
  beat(nodeId: string): Promise<void>;
  /** The nodes that lived within that time. */
  living(withinMs: number): Promise<readonly string[]>;
  /** The node is about to end. */
  forget(nodeId: string): Promise<void>;
}
