interface Held {
  readonly text: string;
  /** Earliest time to write it, on the clock of `performance.now`. */
  readonly due: number;
}

/** Writes to one stream in order, each text not before its time. */
export class Outlet {
  #held: Held[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly write: (text: string) => void) {}

  /** Writes the text after all before it, at the earliest after `delay` milliseconds. */
  push(text: string, delay = 0): void {
    if (delay === 0 && this.#held.length === 0) {
      this.write(text);
      return;
    }
    this.#held.push({ text, due: performance.now() + delay });
    this.#arm();
  }

  /** Writes what is held back at once. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const held = this.#held;
    this.#held = [];
    for (const { text } of held) this.write(text);
  }

  #arm(): void {
    const [next] = this.#held;
    if (next === undefined || this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#held.shift();
      this.write(next.text);
      this.#arm();
    }, next.due - performance.now());
  }
}
