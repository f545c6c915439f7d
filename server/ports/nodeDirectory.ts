/**
 * The nodes that serve together, as their carrier knows them. This process is entered when the directory is opened, and
 * renews its entry; an entry ends by itself a few seconds after its process.
 */
export interface NodeDirectory {
  /** Names this process, and no other one before or after it. */
  readonly nodeId: string;
  /** Those of these nodes that live. Rejects while the carrier is away. */
  known(nodeIds: readonly string[]): Promise<readonly string[]>;
}
