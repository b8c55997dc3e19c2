import type { Recorder, TranscriptEntry } from '../wire/transcript.js';

/** The namespace that marks stanzas of the fence. */
export const FENCE_NS = 'urn:xmpp-conform:fence';

/** The id of a fence marker begins so. */
export const MARKER_PREFIX = 'fence-';

/** The transcript of one case, over all its parties, in the order in which things happened here. */
export class CaseTranscript {
  readonly #entries: TranscriptEntry[] = [];
  readonly #unexpected = new Set<number>();
  readonly #startMs = performance.now();

  /** A sink for the wire entries of one party. */
  recorder(party: string): Recorder {
    return ({ atMs, direction, kind, xml }) => {
      const shownKind = kind === 'stanza' && isMarker(xml) ? 'fence' : kind;
      this.#entries.push({ at: this.#since(atMs), party, direction, kind: shownKind, xml: abridged(xml) });
    };
  }

  /** How many entries there are now. */
  mark(): number {
    return this.#entries.length;
  }

  /** Whether the party, or for a user any resource, has sent a stanza like this. */
  sent(party: string, isLike: (xml: string) => boolean): boolean {
    return this.#entries.some(
      (entry) =>
        entry.direction === 'sent' &&
        (entry.party === party || entry.party.startsWith(`${party}/`)) &&
        isLike(entry.xml),
    );
  }

  /** The position of the latest received stanza of the party with this text. */
  find(party: string, xml: string): number {
    return this.#entries.findLastIndex(
      (entry) => entry.party === party && entry.direction === 'received' && entry.xml === abridged(xml),
    );
  }

  /** Marks a received stanza as accounted for by no expectation. */
  markUnexpected(entry: number): void {
    this.#unexpected.add(entry);
  }

  /** The entries from a mark on, or all. */
  entries(from = 0, to = this.#entries.length): TranscriptEntry[] {
    return this.#entries
      .slice(from, to)
      .map((entry, index) => (this.#unexpected.has(from + index) ? { ...entry, unexpected: true } : entry));
  }

  #since(atMs: number): number {
    return Math.round((atMs - this.#startMs) * 1000) / 1000;
  }
}

/** The longest text that is kept whole. */
const LONGEST = 20_000;

/** A text of which reports can hold thousands: what is longer was sent for its length, and its middle says nothing. */
function abridged(xml: string): string {
  if (xml.length <= LONGEST) return xml;
  return `${xml.slice(0, 500)} ... ${xml.length - 1000} characters left out ... ${xml.slice(-500)}`;
}

function isMarker(xml: string): boolean {
  return xml.includes(MARKER_PREFIX) && (xml.includes(FENCE_NS) || /\bid=(['"])fence-/.test(xml));
}
