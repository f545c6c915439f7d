interface Entry<Model> {
  readonly model: Model;
  /** Of the model as JSON, with the comma after it. */
  readonly bytes: number;
}

/**
 * Writes lists of which the newest lines that fit a number of bytes are shown, and the newest always (SA7). A line is
 * turned into its model once, however many lists it stands in.
 */
export class BoundedList<Line extends object, Model> {
  readonly #maxBytes: number;
  readonly #modelOf: (line: Line, auctionId: number) => Model;
  readonly #entries = new WeakMap<Line, Entry<Model>>();

  /** `maxBytes` 0: no bound. */
  constructor(maxBytes: number, modelOf: (line: Line, auctionId: number) => Model) {
    this.#maxBytes = maxBytes;
    this.#modelOf = modelOf;
  }

  /** The models of lines that stand newest first. */
  newestFirst(lines: readonly Line[], auctionId: number): Model[] {
    const models: Model[] = [];
    let bytes = 0;
    for (const line of lines) {
      const entry = this.#entryOf(line, auctionId);
      bytes += entry.bytes;
      if (this.#maxBytes > 0 && bytes > this.#maxBytes && models.length > 0) break;
      models.push(entry.model);
    }
    return models;
  }

  /** The models of lines that stand oldest first. */
  oldestFirst(lines: readonly Line[], auctionId: number): Model[] {
    return this.newestFirst(lines.toReversed(), auctionId).reverse();
  }

  #entryOf(line: Line, auctionId: number): Entry<Model> {
    let entry = this.#entries.get(line);
    if (entry === undefined) {
      const model = this.#modelOf(line, auctionId);
      entry = { model, bytes: Buffer.byteLength(JSON.stringify(model)) + 1 };
      this.#entries.set(line, entry);
    }
    return entry;
  }
}
