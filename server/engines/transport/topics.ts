/** Who gets what is published. A topic without subscribers takes no memory. */
export class Topics<Subscriber> {
  readonly #subscribers = new Map<string, Set<Subscriber>>();

  add(topic: string, subscriber: Subscriber): void {
    const subscribers = this.#subscribers.get(topic);
    if (subscribers === undefined) this.#subscribers.set(topic, new Set([subscriber]));
    else subscribers.add(subscriber);
  }

  remove(topic: string, subscriber: Subscriber): void {
    const subscribers = this.#subscribers.get(topic);
    subscribers?.delete(subscriber);
    if (subscribers?.size === 0) this.#subscribers.delete(topic);
  }

  has(topic: string): boolean {
    return this.#subscribers.has(topic);
  }

  subscribers(topic: string): Iterable<Subscriber> {
    return this.#subscribers.get(topic) ?? [];
  }
}
