/** What a transcript entry holds: see {@link TranscriptEntry}. */
export type EntryKind =
  /** XML of stream negotiation: headers, features, SASL, end tags */
  | 'stream'
  /** a stanza */
  | 'stanza'
  /** bytes that are no XML element: deliberately malformed input, or what followed a framing error */
  | 'bytes'
  /** a marker of the fence, which belongs to the harness and not to the scenario */
  | 'fence'
  /** a remark of the harness (connected, TLS established, cut), not traffic */
  | 'note';

/** Stands in transcripts and messages where a password was. */
export const WITHHELD = '(password withheld)';

/** One thing that one party sent or received. */
export interface TranscriptEntry {
  /** Milliseconds since the case began. */
  readonly at: number;
  /** The party in the scenario's terms: `romeo/orchard`, `juliet`; `harness` for accounts and preflight. */
  readonly party: string;
  readonly direction: 'sent' | 'received' | 'none';
  readonly kind: EntryKind;
  /** The text as it was on the wire; passwords withheld. */
  readonly xml: string;
  /** Set on a received stanza that no expectation of the scenario accounts for. */
  readonly unexpected?: boolean;
}

/** What the wire reports as it happens; the party and the start of the case are known further up. */
export type WireEntry = Omit<TranscriptEntry, 'at' | 'party'> & {
  /** `performance.now()` when the bytes were handed over, in milliseconds. */
  readonly atMs: number;
};

/** Takes each {@link WireEntry} in the order of the wire, before any listener sees the stanza. */
export type Recorder = (entry: WireEntry) => void;
