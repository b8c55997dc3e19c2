/** One moment by which a sequence of waits has to be over. */
export class Deadline {
  readonly #at: number;

  /** @param timeoutMs from now on, in milliseconds */
  constructor(readonly timeoutMs: number) {
    this.#at = performance.now() + timeoutMs;
  }

  /** Milliseconds that are left, 0 when the moment has passed. */
  get remainingMs(): number {
    return Math.max(0, this.#at - performance.now());
  }
}
