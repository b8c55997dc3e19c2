import type { Element } from '../wire/element.js';

/** A stanza that reached a party. */
export interface Received {
  readonly element: Element;
  /** The text as received. */
  readonly xml: string;
  /** `performance.now()` at its arrival. */
  readonly atMs: number;
  /** Position in the transcript of the case. */
  readonly entry: number;
}

/** What has reached one party, in order of arrival; fence markers are not among it. */
export class Mailbox {
  readonly stanzas: Received[] = [];

  /** How many stanzas there are now: a place to look back from. */
  mark(): number {
    return this.stanzas.length;
  }

  /** What came after the mark. */
  since(mark: number): readonly Received[] {
    return mark === 0 ? this.stanzas : this.stanzas.slice(mark);
  }
}

/** Wakes whoever waits for something to arrive at any party of a case. */
export class Arrivals {
  #waiters = new Set<() => void>();

  /** To be called after every arrival, end of a stream or returned marker. */
  notify(): void {
    for (const waiter of [...this.#waiters]) waiter();
  }

  /**
   * Waits until the condition holds, looking again after every arrival.
   * @param timeoutMs how long at most
   * @returns whether it holds
   */
  until(condition: () => boolean, timeoutMs: number): Promise<boolean> {
    if (condition()) return Promise.resolve(true);
    return new Promise((resolve) => {
      const finish = (held: boolean) => {
        clearTimeout(timer);
        this.#waiters.delete(look);
        resolve(held);
      };
      const look = () => {
        if (condition()) finish(true);
      };
      const timer = setTimeout(() => finish(condition()), timeoutMs);
      this.#waiters.add(look);
    });
  }
}
