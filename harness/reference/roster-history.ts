/** A change of one item, and the version of the roster that it led to. */
export interface RosterChange {
  readonly jid: string;
  readonly version: string;
}

/** The versions of one roster (RFC 6121 2.6): a number that grows with each push, and where each item last changed. */
export class RosterHistory {
  #latest = 0;
  /** By JID, items that are gone included; in the order of their last change. */
  readonly #changed = new Map<string, number>();

  /** The version that the roster is in. */
  get version(): string {
    return written(this.#latest);
  }

  /** Notes that an item has changed. */
  note(jid: string): void {
    this.#latest += 1;
    this.#changed.delete(jid);
    this.#changed.set(jid, this.#latest);
  }

  /** Each item that has changed since that version, in the order of its last change; undefined for an unknown version. */
  since(version: string): RosterChange[] | undefined {
    const number = Number(/^ver(\d+)$/.exec(version)?.[1] ?? Number.NaN);
    if (!(number <= this.#latest)) return undefined;
    return [...this.#changed]
      .filter(([, at]) => at > number)
      .map(([jid, at]) => ({ jid, version: written(at) }));
  }
}

function written(number: number): string {
  return `ver${number}`;
}
